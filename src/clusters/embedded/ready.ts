import { fileURLToPath } from 'node:url';
import { command } from '../../processes/command.ts';
import { lastLinesOf, mustRun } from '../../processes/start.ts';
import type { StartedProcess } from '../../processes/start.ts';
import { knownName } from '../ready.ts';
import type { DnsQuestion, ReadyWait } from '../ready.ts';
import type { RunningNode } from './node.ts';

/** What waiting for a cluster of these processes is about: one that ends, ends the wait. */
export function processWait(processes: readonly StartedProcess[]): Pick<ReadyWait, 'mustRun' | 'nodeLines'> {
  return {
    mustRun: () => Promise.all(processes.map(mustRun)),
    nodeLines: (node) => lastLinesOf(processes.find((one) => one.name === `kubelet of ${node}`)?.logFile ?? ''),
  };
}

const askDns = fileURLToPath(new URL('./ask-dns.ts', import.meta.url));

/** Asks from the network of the node, as what runs on it would. */
export function questionFrom(node: RunningNode, service: string): DnsQuestion {
  const args = [`--net=/proc/${node.initPid}/ns/net`, process.execPath, askDns, service, knownName];
  return { node: node.name, ask: (signal) => command('nsenter', args, { signal }) };
}
