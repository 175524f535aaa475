import { eventsToStream } from '../reports/events-file.ts';
import { liveReporter } from '../reports/live.ts';
import { plainReporter } from '../reports/plain.ts';
import type { Reporter } from '../reports/reporter.ts';
import { styleOf } from '../reports/style.ts';
import type { reporterChoices } from './choices.ts';

export interface ScreenFlags {
  readonly reporter?: (typeof reporterChoices)[number];
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/** How a run is shown. A live region needs a terminal, and somebody who looks at it: CI systems set CI. */
export function screen(flags: ScreenFlags, output: NodeJS.WriteStream = process.stdout, env: NodeJS.ProcessEnv = process.env): Reporter {
  const style = () => styleOf(output, flags.color ?? true, env);
  const watched = output.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb' && flags.quiet !== true;
  const chosen = flags.reporter ?? 'auto';
  if (chosen === 'ndjson') return eventsToStream(output);
  if (chosen === 'live' || (chosen === 'auto' && watched)) return liveReporter(output, style);
  return plainReporter(output, style(), flags.quiet ?? false);
}
