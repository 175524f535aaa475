import { createServer } from 'node:net';
import { Agent } from 'node:http';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import axios from 'axios';
import type { AxiosInstance } from 'axios';
import { allocatorConfig } from '../components/allocator/manifests.ts';
import { startProcess } from '../processes/start.ts';
import type { StartedProcess } from '../processes/start.ts';
import { metricSamples, metricSum } from '../run/prometheus-text.ts';
import type { Strategy } from './options.ts';

/** What an allocator is started with. */
export interface AllocatorPlan {
  readonly binary: string;
  readonly runId: string;
  readonly namespace: string;
  readonly strategy: Strategy;
  readonly kubeconfig: string;
  /** Address of this machine that is the run's alone. */
  readonly loopback: string;
  /** Folder of its configuration and log. */
  readonly dir: string;
  /** File that its targets are in. */
  readonly targetFile: string;
}

export interface RunningAllocator {
  readonly process: StartedProcess;
  readonly http: AxiosInstance;
}

/** What an allocator says of itself. */
export interface Stats {
  readonly collectors: number;
  readonly targets: number;
  /** How often it assigned because collectors changed, because targets did, and seconds of both together. */
  readonly collectorCalls: number;
  readonly targetCalls: number;
  readonly seconds: number;
}

export const noStats: Stats = { collectors: 0, targets: 0, collectorCalls: 0, targetCalls: 0, seconds: 0 };

export const job = 'simulated';

/** Starts the allocator as an operator configures it, but for where its targets come from. */
export async function startAllocator(plan: AllocatorPlan): Promise<RunningAllocator> {
  const { dir, loopback } = plan;
  await mkdir(dir, { recursive: true });
  const configFile = join(dir, 'allocator.yaml');
  await writeFile(configFile, allocatorConfig(plan, { strategy: plan.strategy, scrapeConfigs: [{
    job_name: job, scrape_interval: '30s', scrape_timeout: '10s', file_sd_configs: [{ files: [plan.targetFile] }],
    relabel_configs: [{ source_labels: ['__meta_kubernetes_pod_container_port_name'], action: 'keep', regex: 'metrics' }],
  }] }));
  const address = `${loopback}:${await freePort(loopback)}`;
  const process = await startProcess({
    name: 'allocator', runId: plan.runId, command: plan.binary, logFile: join(dir, 'allocator.log'),
    args: [`--config-file=${configFile}`, `--listen-addr=${address}`, `--kubeconfig-path=${plan.kubeconfig}`],
  });
  return { process, http: axios.create({ baseURL: `http://${address}`, proxy: false, httpAgent: new Agent({ keepAlive: true }), timeout: 60_000 }) };
}

export async function statsOf({ http }: RunningAllocator, signal: AbortSignal): Promise<Stats> {
  const { data } = await http.get<string>('/metrics', { signal, responseType: 'text' });
  const calls = (method: string): number => metricSamples(data, /^opentelemetry_allocator_time_to_allocate_count$/)
    .filter(({ labels }) => labels['method'] === method).reduce((sum, { value }) => sum + value, 0);
  return {
    collectors: metricSum(data, /^opentelemetry_allocator_collectors_allocatable$/),
    targets: metricSum(data, /^opentelemetry_allocator_targets$/),
    collectorCalls: calls('SetCollectors'), targetCalls: calls('SetTargets'),
    seconds: metricSum(data, /^opentelemetry_allocator_time_to_allocate_sum$/),
  };
}

/** The most memory of an allocator so far, as the kernel counted it, MiB: what a limit has to leave room for. */
export async function peakMemory({ process }: RunningAllocator): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

/** What an allocator has to keep, MiB: its heap after a collection of garbage, which is asked for. */
export async function liveMemory({ http }: RunningAllocator, signal: AbortSignal): Promise<number> {
  await http.get('/debug/pprof/heap', { params: { gc: 1 }, responseType: 'arraybuffer', signal });
  const { data } = await http.get<string>('/metrics', { signal, responseType: 'text' });
  return Math.round(metricSum(data, /^go_memstats_heap_alloc_bytes$/) / 1024 ** 2);
}

/** Free a moment ago, on an address that nobody else uses: only who listens on every address could take it meanwhile. */
async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
