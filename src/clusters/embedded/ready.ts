import { lastLinesOf, mustRun } from '../../processes/start.ts';
import type { StartedProcess } from '../../processes/start.ts';
import { knownName } from '../ready.ts';
import type { DnsQuestion, ReadyWait } from '../ready.ts';
import { askDns } from './ask-dns.ts';
import type { RunningNode } from './node.ts';

/** What waiting for a cluster of these processes is about: one that ends, ends the wait. */
export function processWait(processes: readonly StartedProcess[]): Pick<ReadyWait, 'mustRun' | 'nodeLines'> {
  return {
    mustRun: () => Promise.all(processes.map(mustRun)),
    nodeLines: (node) => lastLinesOf(processes.find((one) => one.name === `kubelet of ${node}`)?.logFile ?? ''),
  };
}

/** Asks from the network of the node, as what runs on it would. */
export function questionFrom(node: RunningNode, service: string): DnsQuestion {
  return { node: node.name, ask: (signal) => askDns(node.initPid, service, knownName, signal) };
}
