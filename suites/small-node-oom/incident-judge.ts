/** SN-1: how the collector of a small node ended, under conditions that decide how. Pure: what was seen in, a finding out. */
import type { Evidence, FateKind, Finding, FlowState, Limiter, MemoryLine, StartConditions } from '../../helpers/index.ts';
import { timeLine } from './time-line.ts';

/** Conditions under which the incident shows one of its faces. */
export interface Face {
  readonly name: string;
  readonly conditions: StartConditions;
  /** Which end it brings about where disks and kernels are as they were here. */
  readonly end: FateKind;
}

/**
 * What decides between the two is who pays for the pages of the collector's program (134 MB). Where they are the node's, the kernel
 * takes them back again and again before it ends anybody, and every thread waits for the disk.
 */
export const faces: readonly Face[] = [
  { name: 'killed', conditions: { pageCache: 'outside', probes: true }, end: 'node-limit' },
  { name: 'hang', conditions: { pageCache: 'node', probes: false }, end: 'hang' },
];

/** Ends that are the node's doing. Which of them comes is the machine's to say as well; that one comes is the incident. */
const deaths: readonly FateKind[] = ['node-limit', 'hang', 'node-silent'];

export interface FaceSeen {
  readonly face: Face;
  readonly line: MemoryLine;
  readonly flow: FlowState;
}

export interface IncidentSeen {
  readonly node: string;
  readonly size: { readonly memoryMiB: number; readonly othersMiB: number } | undefined;
  readonly limiter: Limiter;
  readonly load: { readonly ratePerSecond: number; readonly padBytes: number };
  readonly seen: readonly FaceSeen[];
}

export function judgeIncident({ node, size, limiter, load, seen }: IncidentSeen): Finding {
  const ended = seen.filter(({ line }) => deaths.includes(line.fate.kind));
  const words = seen.map(({ face, line }) => `${face.name}: ${line.fate.words} after ${(line.fate.atMs / 1000).toFixed(1)} s${deaths.includes(line.fate.kind) && line.fate.kind !== face.end ? ` (in place of ${face.end})` : ''}`);
  return {
    holds: ended.length === seen.length,
    expected: `on ${node} (${size?.memoryMiB} MiB, others hold ${size?.othersMiB}) under ${load.ratePerSecond} spans of ${load.padBytes / 1000} KB a second without a backend: killed at the node's limit, and without probes and with its program's pages in the node, hanging`,
    observed: words.join('; '),
    ...(ended.length === seen.length ? {} : { cause: seen.filter((one) => !ended.includes(one)).map(({ face, line }) => `${face.name}: ${line.fate.words}, peak ${peakMiB(line)} of ${size?.memoryMiB} MiB`).join('; ') }),
    evidence: [
      { what: `what was set (others hold ${size?.othersMiB} MiB, eviction off), and how it ended`, shape: 'table', headline: true, data: seen.map(row) },
      ...seen.map(({ face, line }): Evidence => ({ what: `memory of ${node}, ${face.name}`, shape: 'time-line', data: timeLine(line.looks, { limiter, nodeMiB: size?.memoryMiB }) })),
      ...seen.map(({ face, line }): Evidence => ({ what: `the kernel's log, ${face.name}`, data: line.kernel ?? 'may not be read here' })),
    ],
  };
}

function row({ face, line, flow }: FaceSeen): Readonly<Record<string, string | number>> {
  return {
    face: face.name, pages: face.conditions.pageCache ?? '', probes: face.conditions.probes ? 'on' : 'off', end: line.fate.kind, afterS: Number((line.fate.atMs / 1000).toFixed(1)),
    peakMiB: peakMiB(line), sent: flow.sent, accepted: flow.acceptedItems, hostFreeMiB: Math.min(...line.looks.map(({ hostFreeMiB }) => hostFreeMiB)),
  };
}

function peakMiB({ looks }: MemoryLine): number {
  return Math.max(0, ...looks.map(({ node }) => node?.usedMiB ?? 0));
}
