/** SN-5: the size that was found, and the trials that found it. Pure. */
import { lives } from '../../helpers/index.ts';
import type { Evidence, Finding, FlowState, Limiter, MemoryLine } from '../../helpers/index.ts';
import type { Load } from './size-search.ts';
import { peakMiB, timeLine } from './time-line.ts';

export interface Trial {
  readonly node: string;
  readonly nodeMiB: number;
  readonly limitMiB: number;
  /** Left out: it did not even start. */
  readonly line?: MemoryLine;
  readonly flow?: FlowState;
  /** Spans that the backend took. */
  readonly delivered: number;
  readonly carried: boolean;
}

export interface SizedNode {
  readonly node: string;
  readonly memoryMiB: number;
}

export interface Size {
  readonly node: SizedNode;
  readonly limitMiB: number;
}

export interface SizeSeen {
  readonly load: Load;
  /** That may be had. */
  readonly mostMiB: number;
  readonly trials: readonly Trial[];
  /** Undefined: none carries. */
  readonly size: Size | undefined;
  /** What the node holds beside the collector. */
  readonly floorMiB: number;
  readonly limiter: Limiter;
}

/** GOMEMLIMIT for a limit, MiB: 80 % of it, so that Go collects before the kernel kills. */
export function goMemLimitOf(limitMiB: number): number {
  return Math.floor(limitMiB * 0.8);
}

export function judgeSize({ load, mostMiB, trials, size, floorMiB, limiter }: SizeSeen): Finding {
  const words = `${load.spansPerSecond} spans of ${load.spanBytes} bytes a second, ${load.outageSeconds} s of them without a backend`;
  const last = trials.at(-1);
  return {
    holds: size !== undefined,
    expected: `a limit and a node that carry ${words}: nothing refused, all of it delivered`,
    observed: size ? `${size.limitMiB} MiB on a node of ${size.node.memoryMiB} MiB carry ${words}` : `no limit up to ${mostMiB} MiB carries ${words}`,
    ...(size ? {} : { cause: last ? failureText(last) : 'nothing could be tried: the limiter\'s limit_mib is above 80 % of each limit' }),
    evidence: [
      ...(size ? [{ what: 'recommended', shape: 'table', headline: true, data: recommended(size, floorMiB, limiter) } as const] : []),
      { what: 'trials', shape: 'table', headline: true, data: trials.map(row) },
      ...trials.flatMap(({ limitMiB: limit, node: on, nodeMiB, line }): readonly Evidence[] => (line
        ? [{ what: `memory of the trial with ${limit} MiB on ${on}`, shape: 'time-line', data: timeLine(line.looks, { limiter, nodeMiB, limitMiB: limit }) }]
        : [])),
    ],
  };
}

/** What goes into the collector's pod and configuration. */
function recommended({ limitMiB, node: { memoryMiB } }: Size, floorMiB: number, limiter: Limiter): readonly Readonly<Record<string, string>>[] {
  const limiterText = limiter === 'none' ? 'none' : Object.entries(limiter).map(([key, value]) => `${key}: ${value}`).join(', ');
  return [
    { setting: 'resources.requests.memory', value: `${limitMiB}Mi`, why: 'the node keeps it free for the collector' },
    { setting: 'resources.limits.memory', value: `${limitMiB}Mi`, why: 'the smallest that carried the load' },
    { setting: 'GOMEMLIMIT', value: `${goMemLimitOf(limitMiB)}MiB`, why: '80 % of the limit' },
    { setting: 'memory_limiter', value: limiterText, why: limiterText === 'none' ? 'the configuration has none' : 'as in the trials' },
    { setting: 'node', value: `${memoryMiB} MiB`, why: `the smallest of those tried that carries it beside ${floorMiB} MiB of its own` },
  ];
}

function row(trial: Trial): Readonly<Record<string, string | number>> {
  const { node, limitMiB, line, flow, delivered, carried } = trial;
  return {
    limitMiB, node, carried: carried ? 'yes' : failureText(trial), sent: flow?.sent ?? 0, accepted: flow?.acceptedItems ?? 0, delivered, peakMiB: peakMiB(line?.looks ?? []),
  };
}

function failureText({ line, flow, delivered }: Trial): string {
  if (!line || !flow) return 'did not start';
  const refused = line.looks.at(-1)?.own?.refused ?? 0;
  if (!lives(line.fate)) return line.fate.words;
  if (refused > 0) return `refused ${refused} spans`;
  return flow.acceptedItems < flow.planned ? `${flow.acceptedItems} of ${flow.planned} spans taken in time` : `${delivered} of ${flow.planned} spans delivered in time`;
}
