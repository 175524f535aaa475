import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childrenOf } from '../../processes/proc.ts';
import { mustRun, startProcess } from '../../processes/start.ts';
import type { StartedProcess } from '../../processes/start.ts';
import { until } from '../../run/wait.ts';
import { carryOut } from './cgroup-files.ts';
import { groupDirs, handDown, joinFiles, limitMemory, makeGroup } from './cgroups.ts';
import type { Machine } from './machine.ts';
import { clusterVariable } from './names.ts';
import type { ClusterNames } from './names.ts';
import { connectNode } from './network.ts';
import { inNode } from './node-config.ts';
import { writeNodeFiles } from './node-files.ts';
import type { NodePlan } from './node-files.ts';

/** A node whose first process and containerd run; the kubelet is started when there is an API server for it. */
export interface RunningNode {
  readonly name: string;
  readonly address: string;
  /** The node's folder on this machine. */
  readonly dir: string;
  /** On this machine, of the node's first process: its namespaces are the node, and its end is the node's. */
  readonly initPid: number;
  /** The node's programs as far as they are started. */
  readonly processes: StartedProcess[];
  /** The command line that runs `argv` inside the node. */
  enter(argv: readonly string[]): readonly [string, ...string[]];
}

export interface NodeSurroundings {
  readonly names: ClusterNames;
  readonly machine: Machine;
  /** Folder of the log files. */
  readonly logs: string;
  readonly signal: AbortSignal;
}

/** Starts a node up to a containerd that answers. @throws PlumblineError, with last lines, when it doesn't get there */
export async function startNode(plan: NodePlan, around: NodeSurroundings): Promise<RunningNode> {
  const { names, machine, signal } = around;
  const group = names.nodeCgroup(plan.spec.name);
  await Promise.all([writeNodeFiles(plan, machine), makeNodeGroup(group, plan, machine)]);
  const init = await startInit(plan, around, group);
  const initPid = await readyPid(init, signal);
  // For a person who wants a shell in the node: `nsenter --all --target PID`.
  await writeFile(join(plan.dir, 'init.pid'), `${initPid}\n`);
  await Promise.all([settle(init, group, machine), connectNode({ names, plan: plan.addresses }, plan.index, initPid)]);
  const node = { name: plan.spec.name, address: plan.addresses.nodes[plan.index]?.address ?? '', dir: plan.dir, initPid, processes: [init], enter: (argv: readonly string[]) => enterNode(initPid, argv) };
  await startInNode(node, 'containerd', ['containerd', '--config', `${inNode}/containerd.toml`], around);
  await answering(node, signal);
  return node;
}

function enterNode(initPid: number, argv: readonly string[]): readonly [string, ...string[]] {
  return ['nsenter', `--target=${initPid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--', ...argv];
}

/** Starts the kubelet and kube-proxy of a node; they find the API server by themselves. */
export async function joinCluster(node: RunningNode, around: NodeSurroundings): Promise<void> {
  await startInNode(node, 'kubelet', [`${inNode}/bin/kube`, 'kubelet', `--config=${inNode}/kubelet.yaml`, `--kubeconfig=${inNode}/pki/kubelet.kubeconfig`,
    `--hostname-override=${node.name}`, `--node-ip=${node.address}`, '--cert-dir=/var/lib/kubelet/pki'], around);
  await startInNode(node, 'kube-proxy', [`${inNode}/bin/kube`, 'kube-proxy', `--config=${inNode}/kube-proxy.yaml`], around);
}

async function makeNodeGroup(group: string, plan: NodePlan, machine: Machine): Promise<void> {
  // The programs' own group lies beside the pods': v2 allows no process in a group that has groups below it.
  const { memoryMiB } = plan.spec;
  await carryOut(makeGroup(machine.cgroups, group));
  if (memoryMiB !== undefined) await carryOut(limitMemory(machine.cgroups, group, memoryMiB * 1024 ** 2));
  const below = machine.cgroups.version === 1 ? makeGroup(machine.cgroups, `${group}/system`) : groupDirs(machine.cgroups, `${group}/system`).map((make) => ({ make }));
  await carryOut(below);
}

function startInit(plan: NodePlan, { names, machine, logs }: NodeSurroundings, group: string): Promise<StartedProcess> {
  return startProcess({
    name: `node ${plan.spec.name}`,
    runId: names.runId,
    env: { [clusterVariable]: names.index },
    cwd: plan.dir,
    logFile: join(logs, `${plan.spec.name}-init.log`),
    reports: true,
    // The cgroup namespace is rooted where its first process is.
    cgroupProcs: joinFiles(machine.cgroups, group),
    command: 'unshare',
    args: ['--net', '--mount', '--uts', '--ipc', '--cgroup', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'slave',
      '/bin/sh', 'init.sh', plan.kube],
  });
}

async function readyPid(init: StartedProcess, signal: AbortSignal): Promise<number> {
  const { reports } = init;
  if (!reports) throw new Error(`${init.name} was started without a pipe`);
  try {
    await Promise.race([once(reports, 'data', { signal }), once(reports, 'end', { signal })]);
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    reports.destroy();
  }
  await mustRun(init);
  const [pid] = await childrenOf(init.pid);
  if (pid === undefined) throw new Error(`${init.name} has no first process`);
  return pid;
}

/** Moves the process that waits for the node's first one out of the way, and hands controllers down to the pods. */
async function settle(init: StartedProcess, group: string, machine: Machine): Promise<void> {
  const moves = joinFiles(machine.cgroups, `${group}/system`).map((write) => ({ write, value: String(init.pid) }));
  await carryOut([...moves, ...handDown(machine.cgroups, group)]);
}

async function startInNode(node: RunningNode, program: string, argv: readonly string[], { names, machine, logs }: NodeSurroundings): Promise<void> {
  const [command, ...args] = node.enter(argv);
  node.processes.push(await startProcess({
    name: `${program} of ${node.name}`,
    runId: names.runId,
    env: { [clusterVariable]: names.index },
    logFile: join(logs, `${node.name}-${program}.log`),
    cgroupProcs: joinFiles(machine.cgroups, `${names.nodeCgroup(node.name)}/system`),
    command,
    args,
  }));
}

async function answering(node: RunningNode, signal: AbortSignal): Promise<void> {
  await until(`containerd of ${node.name} answering`, async () => {
    await Promise.all(node.processes.map(mustRun));
    // Made by containerd as the last thing before it serves.
    await access(`/proc/${node.initPid}/root/run/containerd/containerd.sock`);
    return true;
  }, { timeoutMs: 30_000, intervalMs: 50, signal });
}
