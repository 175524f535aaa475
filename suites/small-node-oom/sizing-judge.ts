/** SN-5: the size that was found, and the trials that found it. Pure. */
import type { Evidence, Finding, FlowState, MemoryLine } from '../../helpers/index.ts';
import type { Load } from './size-search.ts';
import { timeLine } from './time-line.ts';
import type { Limiter } from './time-line.ts';

export interface Trial {
  readonly node: string;
  readonly nodeMiB: number;
  readonly limitMiB: number;
  readonly line: MemoryLine;
  readonly flow: FlowState;
  /** Spans that the backend took. */
  readonly delivered: number;
  readonly carried: boolean;
}

export interface SizeSeen {
  readonly load: Load;
  readonly limits: readonly number[];
  readonly trials: readonly Trial[];
  /** Undefined: none carries. */
  readonly limitMiB: number | undefined;
  readonly node: { readonly node: string; readonly memoryMiB: number } | undefined;
  /** What the node holds beside the collector. */
  readonly floorMiB: number;
  readonly limiter: Limiter;
}

/** GOMEMLIMIT for a limit, MiB: 80 % of it, so that Go collects before the kernel kills. */
export function goMemLimitOf(limitMiB: number): number {
  return Math.floor(limitMiB * 0.8);
}

export function judgeSize({ load, limits, trials, limitMiB, node, floorMiB, limiter }: SizeSeen): Finding {
  const words = `${load.spansPerSecond} spans of ${load.spanBytes} bytes a second, ${load.outageSeconds} s of them without a backend`;
  const holds = limitMiB !== undefined && node !== undefined;
  const last = trials.at(-1);
  return {
    holds,
    expected: `a limit and a node that carry ${words}: nothing refused, all of it delivered`,
    observed: holds ? `${limitMiB} MiB on a node of ${node.memoryMiB} MiB carry ${words}` : `no limit up to ${Math.max(...limits)} MiB carries ${words}`,
    ...(holds ? {} : { cause: last ? failureText(last) : 'nothing was tried' }),
    evidence: [
      ...(holds ? [{ what: 'recommended', shape: 'table', headline: true, data: recommended(limitMiB, node.memoryMiB, floorMiB, limiter) } as const] : []),
      { what: 'trials', shape: 'table', headline: true, data: trials.map(row) },
      ...trials.map((trial): Evidence => ({
        what: `memory of the trial with ${trial.limitMiB} MiB on ${trial.node}`, shape: 'time-line', data: timeLine(trial.line.looks, { limiter, nodeMiB: trial.nodeMiB, limitMiB: trial.limitMiB }),
      })),
    ],
  };
}

/** What goes into the collector's pod and configuration. */
function recommended(limitMiB: number, nodeMiB: number, floorMiB: number, limiter: Limiter): readonly Readonly<Record<string, string>>[] {
  const limiterText = limiter === undefined || limiter === 'none' ? 'none' : Object.entries(limiter).map(([key, value]) => `${key}: ${value}`).join(', ');
  return [
    { setting: 'resources.requests.memory', value: `${limitMiB}Mi`, why: 'the node keeps it free for the collector' },
    { setting: 'resources.limits.memory', value: `${limitMiB}Mi`, why: 'the smallest that carried the load' },
    { setting: 'GOMEMLIMIT', value: `${goMemLimitOf(limitMiB)}MiB`, why: '80 % of the limit' },
    { setting: 'memory_limiter', value: limiterText, why: limiterText === 'none' ? 'the configuration has none' : 'as in the trials: its shares are the limit\'s' },
    { setting: 'node', value: `${nodeMiB} MiB`, why: `the smallest of those tried that holds it beside ${floorMiB} MiB of its own` },
  ];
}

function row(trial: Trial): Readonly<Record<string, string | number>> {
  const { node, limitMiB, line, flow, delivered, carried } = trial;
  return {
    limitMiB, node, carried: carried ? 'yes' : failureText(trial), sent: flow.sent, accepted: flow.acceptedItems, delivered, peakRssMiB: Math.max(0, ...line.looks.map(({ own }) => own?.rssMiB ?? 0)),
  };
}

function failureText({ line, flow, delivered }: Trial): string {
  const refused = line.looks.at(-1)?.own?.refused ?? 0;
  if (line.fate.kind !== 'survived' && line.fate.kind !== 'refusing') return line.fate.words;
  if (refused > 0) return `refused ${refused} spans`;
  return flow.acceptedItems < flow.planned ? `${flow.acceptedItems} of ${flow.planned} spans taken in time` : `${delivered} of ${flow.planned} spans delivered in time`;
}
