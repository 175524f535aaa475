import { limiter } from '../components.ts';
import { componentsIn, isPutIn } from '../configuration.ts';
import type { Component, Configuration } from '../configuration.ts';
import type { Found, Severity } from '../finding.ts';
import { scalarAt, valueAt } from '../tree.ts';

/** Percent of its memory that a container's limiter may let the heap have: upstream's README sets 80, and GOMEMLIMIT to as much. */
const mostPercent = 80;

/** From here on the heap's limit is the container's: a process has about 50 MiB beside its heap (README of the memory limiter). */
const noRoomPercent = 90;

const mebibyte = 2 ** 20;

/** Settings of each limiter, processor or extension. */
export function limiterSettings(configuration: Configuration): readonly Found[] {
  const limiters = (['processors', 'extensions'] as const).flatMap((section) => componentsIn(configuration, section) ?? []).filter(({ type }) => type === limiter);
  return limiters.flatMap((one) => {
    const invalid = invalidity(one, configuration.form === 'whole');
    return invalid ? [invalid] : headroom(one, configuration.memoryLimit);
  });
}

/** What the collector refuses (Validate of internal/memorylimiter). @param complete whether what is not said has its default */
function invalidity(one: Component, complete: boolean): Found | undefined {
  const { settings } = one;
  if (settings.kind === 'leaf' && (settings.value !== null || !complete)) return undefined;
  const [mib, percent, spikeMib, spikePercent] = ['limit_mib', 'limit_percentage', 'spike_limit_mib', 'spike_limit_percentage'].map((key) => numberAt(one, key));
  const at = (key: string): number => (settings.kind === 'mapping' ? settings.entries.get(key)?.at : undefined) ?? one.at;
  const invalid = (key: string, message: string, fix: string): Found => ({ rule: 'limiter-invalid', severity: 'error', at: at(key), message: `${one.id}: ${message}`, fix });
  const has = (key: string): boolean => complete || valueAt(settings, key) !== undefined;
  if (has('check_interval') && isNone(scalarAt(settings, 'check_interval'))) return invalid('check_interval', 'check_interval is missing or 0', 'check_interval: 1s');
  if (complete && mib === 0 && percent === 0) return invalid('limit_mib', 'no limit is set', 'limit_percentage: 80 and spike_limit_percentage: 25');
  if (largest(percent, spikePercent) > 100) return invalid('limit_percentage', 'more than 100 %', 'limit_percentage: 80');
  const [spike, limit, key, of] = reaches(spikeMib, mib) ? [spikeMib, mib, 'spike_limit_mib', 'limit_mib'] : [spikePercent, percent, 'spike_limit_percentage', 'limit_percentage'];
  return reaches(spike, limit) ? invalid(key, `${key} ${spike} is not below ${of} ${limit}`, `${key}: ${Math.floor((limit ?? 0) / 5)}`) : undefined;
}

function headroom(one: Component, memoryLimit: number | undefined): Found[] {
  const mib = numberAt(one, 'limit_mib');
  const percent = numberAt(one, 'limit_percentage');
  const found = (key: string, severity: Severity, message: string, fix: string): Found[] => {
    const at = one.settings.kind === 'mapping' ? one.settings.entries.get(key)?.at : undefined;
    return [{ rule: 'limiter-no-headroom', severity, at: at ?? one.at, message: `${one.id}: ${message}`, fix }];
  };
  // limit_mib goes before limit_percentage, and is a share only of a limit that is known.
  if (mib !== 0) {
    if (mib === undefined || memoryLimit === undefined || mib * mebibyte * 100 < memoryLimit * noRoomPercent) return [];
    const share = Math.round((mib * mebibyte * 100) / memoryLimit);
    const all = memoryLimit / mebibyte;
    return found('limit_mib', 'error', `limit_mib ${mib} is ${share} % of the ${Math.floor(all)} MiB that its container has`, `limit_mib: ${Math.floor((all * mostPercent) / 100)}`);
  }
  if (percent === undefined || percent <= mostPercent) return [];
  return found('limit_percentage', percent >= noRoomPercent ? 'error' : 'warning', `limit_percentage ${percent} leaves ${100 - percent} % for all but the heap`, `limit_percentage: ${mostPercent}`);
}

/** 0 where it is not set, as the collector has it; undefined where it is put in from elsewhere. */
function numberAt({ settings }: Component, key: string): number | undefined {
  const value = scalarAt(settings, key) ?? 0;
  if (isPutIn(value) || valueAt(settings, key)?.kind === 'mapping') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function isNone(duration: unknown): boolean {
  return duration === undefined || duration === null || (!isPutIn(duration) && /^-?[0.]*(ns|us|µs|ms|s|m|h)?$/.test(String(duration)));
}

/** Whether a spike limit leaves nothing of the limit; one of 0 is not set. */
function reaches(spike: number | undefined, limit: number | undefined): boolean {
  return spike !== undefined && limit !== undefined && limit > 0 && spike >= limit;
}

function largest(...numbers: readonly (number | undefined)[]): number {
  return Math.max(...numbers.map((number) => number ?? 0));
}
