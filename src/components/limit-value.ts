/** Seconds of the units in which Go and Prometheus write durations. */
const seconds: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Bytes of the units in which Loki writes sizes: powers of 1024 by either name. */
const bytes: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/**
 * Whether a backend shows the value that it was given: it may write `10m` as `10m0s`, `1024KB` as `1MB`, `1000000` as `1e+06`,
 * and leave out what is empty.
 */
export function sameValue(asked: unknown, shown: unknown): boolean {
  if (asked === shown) return true;
  if (shown === undefined || shown === null) return asked === 0 || asked === '' || asked === false || asked === null || durationSeconds(asked) === 0;
  if (typeof asked === 'object' || typeof shown === 'object') return JSON.stringify(asked) === JSON.stringify(shown);
  const pairs = [[durationSeconds(asked), durationSeconds(shown)], [sizeBytes(asked), sizeBytes(shown)]] as const;
  return String(asked) === String(shown) || pairs.some(([one, other]) => one !== undefined && one === other);
}

/** Seconds of `1h30m`, `2w`, `0s`, or of a plain 0; undefined for anything else. */
export function durationSeconds(value: unknown): number | undefined {
  if (value === 0 || value === '0') return 0;
  return typeof value === 'string' ? summed(value, /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)/gy, seconds) : undefined;
}

/** Bytes of `1.5MB`, or of a plain number; undefined for anything else. */
export function sizeBytes(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? summed(value.toUpperCase().replace('IB', 'B'), /(\d+(?:\.\d+)?)(B|KB|MB|GB|TB)/gy, bytes) : undefined;
}

/** The sum of all parts of a text that consists of nothing but such parts. */
function summed(text: string, part: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const parts = [...text.matchAll(part)];
  const whole = parts.map(([all]) => all).join('');
  if (parts.length === 0 || whole !== text) return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? NaN), 0);
}
