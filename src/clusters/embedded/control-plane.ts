import { Agent } from 'node:https';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import axios from 'axios';
import { lastLinesOf, mustRun, startProcess } from '../../processes/start.ts';
import type { StartedProcess } from '../../processes/start.ts';
import { until } from '../../run/wait.ts';
import type { AddressPlan } from './addresses.ts';
import { carryOut } from './cgroup-files.ts';
import { joinFiles, makeGroup } from './cgroups.ts';
import type { CgroupLayout } from './cgroups.ts';
import { clusterVariable } from './names.ts';
import type { ClusterNames } from './names.ts';

export interface ControlPlanePlan {
  readonly names: ClusterNames;
  readonly addresses: AddressPlan;
  /** Folder with the keys and certificates. */
  readonly pki: string;
  /** Folder of etcd's data. */
  readonly data: string;
  readonly logs: string;
  readonly kube: string;
  readonly cgroups: CgroupLayout;
  readonly signal: AbortSignal;
  /** For the API server to be ready. */
  readonly timeoutMs: number;
}

/** Only the bridge has this address, so the usual port is always free there. */
export const apiServerPort = 6443;

/** Starts etcd and the API server and resolves when the API server is ready. @throws PlumblineError with its last lines */
export async function startApiServer(plan: ControlPlanePlan): Promise<readonly StartedProcess[]> {
  const { names } = plan;
  await Promise.all([
    ...[names.sockets, plan.data].map((dir) => mkdir(dir, { recursive: true, mode: 0o700 })),
    carryOut(makeGroup(plan.cgroups, names.controlPlaneCgroup)),
  ]);
  const processes = await Promise.all([start(plan, 'etcd', etcdArgs(plan)), start(plan, 'kube-apiserver', apiServerArgs(plan))]);
  await ready(plan, processes);
  return processes;
}

/** Starts what acts on the API: the controllers and the scheduler. They listen nowhere. */
export function startControllers(plan: ControlPlanePlan): Promise<readonly StartedProcess[]> {
  return Promise.all([start(plan, 'kube-controller-manager', controllerManagerArgs(plan)), start(plan, 'kube-scheduler', schedulerArgs(plan))]);
}

function start(plan: ControlPlanePlan, program: string, args: readonly string[]): Promise<StartedProcess> {
  const { names, cgroups, logs, kube } = plan;
  return startProcess({
    name: program,
    runId: names.runId,
    env: { [clusterVariable]: names.index },
    cwd: names.sockets,
    logFile: join(logs, `${program}.log`),
    cgroupProcs: joinFiles(cgroups, names.controlPlaneCgroup),
    command: kube,
    args: [program, ...args],
  });
}

function etcdArgs({ data }: ControlPlanePlan): readonly string[] {
  // Sockets in a folder that is closed to others: no port, so none can be busy and nobody else can connect. etcd wants
  // a port in every address; with this scheme it is a part of the file's name, below the working directory.
  return [
    `--data-dir=${data}`,
    '--listen-client-urls=unix://client:0', '--advertise-client-urls=unix://client:0',
    '--listen-peer-urls=unix://peer:0', '--initial-advertise-peer-urls=unix://peer:0', '--initial-cluster=default=unix://peer:0',
    // The cluster doesn't outlive this machine's power: waiting for the disk would buy nothing.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function apiServerArgs({ names, addresses, pki }: ControlPlanePlan): readonly string[] {
  return [
    `--etcd-servers=unix://${join(names.sockets, 'client:0')}`,
    `--bind-address=${addresses.host}`, `--advertise-address=${addresses.host}`, `--secure-port=${apiServerPort}`,
    `--service-cluster-ip-range=${addresses.serviceRange}`,
    '--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction', '--allow-privileged=true',
    `--client-ca-file=${pki}/ca.crt`, `--tls-cert-file=${pki}/apiserver.crt`, `--tls-private-key-file=${pki}/apiserver.key`,
    `--kubelet-certificate-authority=${pki}/ca.crt`, `--kubelet-client-certificate=${pki}/kubelet-client.crt`, `--kubelet-client-key=${pki}/kubelet-client.key`,
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki}/service-accounts.pub`, `--service-account-signing-key-file=${pki}/service-accounts.key`,
    // Webhooks and aggregated APIs are dialled at their pods' addresses: this machine has no service network.
    '--enable-aggregator-routing=true',
    `--requestheader-client-ca-file=${pki}/front-proxy-ca.crt`, '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-', '--requestheader-group-headers=X-Remote-Group', '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${pki}/front-proxy.crt`, `--proxy-client-key-file=${pki}/front-proxy.key`,
  ];
}

function controllerManagerArgs({ addresses, pki }: ControlPlanePlan): readonly string[] {
  const kubeconfig = join(pki, 'controller-manager.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`, `--authorization-kubeconfig=${kubeconfig}`,
    '--secure-port=0', '--leader-elect=false', '--use-service-account-credentials=true',
    `--service-account-private-key-file=${pki}/service-accounts.key`, `--root-ca-file=${pki}/ca.crt`,
    // Pod ranges are laid out with the nodes' routes before there is a cluster.
    `--cluster-cidr=${addresses.podRange}`, '--allocate-node-cidrs=false',
    ...requestRate,
  ];
}

function schedulerArgs({ pki }: ControlPlanePlan): readonly string[] {
  const kubeconfig = join(pki, 'scheduler.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`, `--authentication-kubeconfig=${kubeconfig}`, `--authorization-kubeconfig=${kubeconfig}`,
    '--secure-port=0', '--leader-elect=false', ...requestRate,
  ];
}

/** The defaults of 20 requests a second spare an API server that others share; here they alone would add 4 s to the start. */
const requestRate = ['--kube-api-qps=500', '--kube-api-burst=1000'];

async function ready(plan: ControlPlanePlan, processes: readonly StartedProcess[]): Promise<void> {
  const http = axios.create({
    httpsAgent: new Agent({ ca: await readFile(join(plan.pki, 'ca.crt')) }), proxy: false, responseType: 'text', validateStatus: () => true,
  });
  await until('API server ready', async ({ saw, signal }) => {
    await Promise.all(processes.map(mustRun));
    const { status, data } = await http.get<string>(`https://${plan.addresses.host}:${apiServerPort}/readyz`, { signal });
    if (status === 200) return true;
    saw(firstFailed(data) ?? `${status} from /readyz`);
    return undefined;
  }, { timeoutMs: plan.timeoutMs, intervalMs: 100, signal: plan.signal, lastLines: () => lastLinesOf(join(plan.logs, 'kube-apiserver.log')) });
}

/** The first check that /readyz reports as failed: `[-]poststarthook/rbac/bootstrap-roles failed`. */
function firstFailed(report: string): string | undefined {
  return report.split('\n').find((line) => line.startsWith('[-]'));
}
