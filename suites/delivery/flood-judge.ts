/** DL-7: whether a flood was delivered within bounds, and which part was the limit. Pure: measurements in, a finding out. */
import type { Finding, PartUsage, Reckoning } from '../../helpers/index.ts';
import { rampText } from './flood-ramp.ts';
import type { RampStep } from './flood-ramp.ts';

/** One look at all parts while the flood lasts. */
export interface FloodLook {
  /** Since the flow's start. */
  readonly atMs: number;
  readonly sent: number;
  readonly accepted: number;
  readonly parts: readonly PartUsage[];
}

export interface Reading {
  readonly seconds: number;
  /** Of the process that checks, and of the backend meanwhile. */
  readonly ownCpuSeconds: number;
  readonly backendCpuSeconds: number;
  /** The checking process' resident memory at its highest. */
  readonly peakMb: number;
}

export interface FloodSeen {
  readonly planned: number;
  readonly ratePerSecond: number;
  /** CPUs of the node. */
  readonly cpus: number;
  /** The first before the flood's first span, the last after it was stored. */
  readonly looks: readonly FloodLook[];
  readonly reckoning: Reckoning;
  /** Why the flow was ended before its time: what had been lost by then. */
  readonly endedEarly?: string;
  readonly reading: Reading;
  /** Beyond the claim's rate; left out where that was not carried. */
  readonly ramp?: readonly RampStep[];
}

export interface PartShare {
  readonly part: string;
  /** How long it was looked at. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of the node's CPUs, while it worked. */
  readonly cpus: number;
  /** That one CPU would carry. */
  readonly spansPerCpuSecond: number;
  readonly peakMb: number;
  readonly limitMb: number | '';
  readonly restarts: number;
}

/** Everything sent is there, once, nothing was refused and nobody was started again. */
export function judgeFlood(seen: FloodSeen): Finding {
  const { planned, reckoning, ratePerSecond, endedEarly } = seen;
  const shares = sharesOf(seen);
  const restarted = shares.filter(({ restarts }) => restarts > 0);
  const undelivered = reckoning.sent - reckoning.stored;
  const holds = undelivered === 0 && reckoning.acknowledged === planned && reckoning.doubled === 0 && restarted.length === 0;
  const limit = [limitText(shares, seen.cpus), ...(seen.ramp ? [rampText(seen.ramp)] : [])].join('; ');
  const wrong = [
    ...(undelivered > 0 ? [`${undelivered} of ${reckoning.sent} spans not delivered: ${reckoning.refused} refused, ${reckoning.unanswered} without an answer, ${reckoning.lost} lost`] : []),
    ...(reckoning.doubled > 0 ? [`${reckoning.doubled} doubled`] : []), ...restarted.map(({ part, restarts }) => `${part} was started again ${restarts} times`),
    ...(undelivered === 0 && reckoning.sent < planned ? [`${reckoning.sent} of ${planned} sent in time`] : []),
  ];
  return {
    holds,
    expected: `${planned} spans at ${ratePerSecond} a second, each stored once, none refused, collector and Tempo within their memory`,
    observed: holds ? `${reckoning.stored} spans stored once; ${limit}` : wrong.join('; '),
    ...(holds ? {} : { cause: endedEarly ?? limit }),
    evidence: [
      { what: 'what each part took of the node', shape: 'table', headline: true, data: shares },
      { what: 'time line of the flood', shape: 'time-line', data: timeLine(seen.looks) },
      { what: 'reading it back', data: seen.reading },
      ...(seen.ramp ? [{ what: 'rates beyond', shape: 'table', headline: true, data: seen.ramp.map(({ cpus, ...step }) => ({ ...step, ...cpus })) } as const] : []),
    ],
  };
}

/** What is busy for this share of its CPUs and more is what keeps the rest waiting. */
const busy = 0.8;

/** The part of the way that takes most CPU, and the ledger, which comes after it: whether one of them is the limit, or would be the next. */
function limitText(shares: readonly PartShare[], cpus: number): string {
  const [most] = shares.filter(({ part }) => part !== 'ledger').toSorted((a, b) => b.cpuSeconds - a.cpuSeconds);
  const ledger = shares.find(({ part }) => part === 'ledger');
  const of = (share: PartShare | undefined): string => `${(share?.cpus ?? 0).toFixed(2)} of ${cpus} CPUs`;
  const way = (most?.cpus ?? 0) >= busy * cpus ? `the limit is ${most?.part} (${of(most)})` : `no part at its limit, ${most?.part} the nearest (${of(most)})`;
  return `${way}; the ledger read them in ${(ledger?.seconds ?? 0).toFixed(1)} s (${of(ledger)})`;
}

/** By part what it took from the first look to the last; the ledger's reading beside them. */
export function sharesOf({ looks, reckoning, reading }: FloodSeen): readonly PartShare[] {
  const [first, last] = [looks[0], looks.at(-1)];
  const seconds = Math.max(1, (last?.atMs ?? 0) - (first?.atMs ?? 0)) / 1000;
  const share = (part: string, cpuSeconds: number, over: number): Pick<PartShare, 'part' | 'seconds' | 'cpuSeconds' | 'cpus' | 'spansPerCpuSecond'> => ({
    part, seconds: rounded(over), cpuSeconds: rounded(cpuSeconds), cpus: rounded(cpuSeconds / over), spansPerCpuSecond: Math.round(reckoning.stored / Math.max(cpuSeconds, 0.01)),
  });
  const parts = (last?.parts ?? []).map((end): PartShare => {
    const start = first?.parts.find(({ part }) => part === end.part);
    const memory = looks.flatMap(({ parts: all }) => all.filter(({ part }) => part === end.part).map(({ memoryMb }) => memoryMb));
    return {
      ...share(end.part, end.cpuSeconds - (start?.cpuSeconds ?? 0), seconds), peakMb: Math.round(Math.max(...memory)),
      limitMb: end.limitMb === undefined ? '' : Math.round(end.limitMb), restarts: end.restarts - (start?.restarts ?? 0),
    };
  });
  const ledger = share('ledger', reading.ownCpuSeconds + reading.backendCpuSeconds, Math.max(reading.seconds, 0.01));
  return [...parts, { ...ledger, peakMb: Math.round(reading.peakMb), limitMb: '', restarts: 0 }];
}

/** Rates and CPUs between each look and the one before. */
function timeLine(looks: readonly FloodLook[]): readonly Readonly<Record<string, number>>[] {
  return looks.slice(1).map((look, index) => {
    const before = looks[index] as FloodLook;
    const seconds = Math.max(1, look.atMs - before.atMs) / 1000;
    const parts = look.parts.flatMap(({ part, cpuSeconds, memoryMb }) => {
      const was = before.parts.find((one) => one.part === part);
      return [[`${part}Cpus`, rounded((cpuSeconds - (was?.cpuSeconds ?? cpuSeconds)) / seconds)], [`${part}Mb`, Math.round(memoryMb)]] as const;
    });
    return { atMs: look.atMs, spansPerSecond: Math.round((look.accepted - before.accepted) / seconds), behind: look.sent - look.accepted, ...Object.fromEntries(parts) };
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
