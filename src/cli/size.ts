import { PlumblineError } from '../errors.ts';
import { run } from './run.ts';

type RunFlags = Parameters<typeof run>[1];
type Flags = RunFlags & { readonly load?: number; readonly spanBytes?: number; readonly outage?: number; readonly config?: string };

/** The claim whose check looks for a size. */
const sizing = 'SN-5';

/**
 * `plumbline size`: looks for the smallest node and limits that carry a load, by judging the claim that does so with that load.
 *
 * @throws PlumblineError PL-USAGE without a load; what `run` throws
 */
export async function size(_: readonly string[], { load, spanBytes = 1000, outage = 5, config, ...flags }: Flags, judge: typeof run = run): Promise<number> {
  if (load === undefined) throw withoutLoad();
  const asked = { 'sizing.spansPerSecond': load, 'sizing.spanBytes': spanBytes, 'sizing.outageSeconds': outage, 'collector.config': config };
  const set = Object.fromEntries(Object.entries(asked).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])));
  return judge([sizing], { ...flags, set: { ...flags.set, ...set } });
}

function withoutLoad(): PlumblineError {
  return new PlumblineError({ code: 'PL-USAGE', kind: 'usage', expected: '--load <spans/s>, what the collector has to carry', seen: 'no --load', next: 'plumbline size --load 5000  or  plumbline size --help' });
}
