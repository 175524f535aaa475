import { PlumblineError, lastCause } from '../../errors.ts';
import { refusedModule, unknownChecksum } from '../failure.ts';
import { ToolFailure } from '../tool.ts';

/** As many lines of a failed resolution as a person reads. */
const shownLines = 12;

/** What a version was to be locked. */
export interface Wanted {
  readonly component: string;
  readonly version: string;
  /** What can be tried instead, nearest first. */
  readonly locked: readonly string[];
  readonly listed: readonly string[];
  /** Parts that can be left out, by the last of their modules' paths. */
  readonly parts?: readonly string[];
  /** Those that were left out. */
  readonly without?: readonly string[];
  /** Module paths whose checksums were not to be asked for. */
  readonly skipChecksumsOf?: string | undefined;
}

/** What a user reads of a version that could not be locked. */
export function lockFailure(wanted: Wanted, thrown: unknown): unknown {
  if (!(thrown instanceof ToolFailure)) return thrown;
  const unknown = unknownChecksum(thrown.output);
  if (unknown !== undefined) return checksumUnknown(wanted, unknown, thrown);
  const old = olderGo(thrown.output);
  if (old !== undefined) return goTooOld(wanted, old);
  const refused = refusedModule(thrown.output);
  const what = `${wanted.component} ${wanted.version}`;
  return new PlumblineError({
    code: refused === undefined ? 'PL-LOCK-FAILED' : 'PL-VERSION-UNAVAILABLE',
    kind: 'environment',
    expected: refused === undefined ? `the modules of ${what} to resolve` : `every module that ${what} is built from`,
    seen: refused ?? lastCause(thrown),
    next: instead(wanted, refused ?? ''),
    cause: refused === undefined ? thrown : wordsOfGo(thrown, / 4\d\d | 5\d\d |dial tcp|GOPROXY/),
    ...(refused === undefined ? { lastLines: thrown.output.filter((line) => line.trim() !== '').slice(-shownLines) } : {}),
  });
}

function instead({ component, version, locked, listed, parts = [], without = [] }: Wanted, refused: string): string {
  const part = parts.find((name) => refused.includes(`/${name} v`));
  const others = listed.filter((version) => !locked.includes(version)).slice(0, 3);
  const lines = [
    ...(part === undefined ? [] : [`Leave that part out (plumbline versions add ${component} ${version} --without ${[...without, part].join(',')})`]),
    ...(locked.length > 0 ? [`take a version that is locked (nearest: ${locked.slice(0, 3).join(', ')})`] : []),
    ...(others.length > 0 ? [`try another that the module proxy lists: plumbline versions add ${component} ${others.join(' ')}`] : []),
    'or set GOPROXY to a proxy that has it.',
  ];
  const text = lines.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The one line of `go` that says why, out of its JSON. */
function wordsOfGo({ output }: ToolFailure, why: RegExp): Error {
  const line = output.find((one) => /@v\d/.test(one) && why.test(one)) ?? '';
  return new Error(line.trim().replace(/^"(?:Error|Err)": "/, '').replace(/\\n.*$|",?$/, ''));
}

interface OlderGo { readonly needed: string; readonly have: string }

/** What `go` says of a go.mod that asks for a newer one. */
function olderGo(lines: readonly string[]): OlderGo | undefined {
  const groups = lines.map((line) => /requires go >= (?<needed>[\w.]+) \(running go (?<have>[\w.]+)/.exec(line)?.groups).find((found) => found !== undefined);
  return groups && { needed: groups['needed'] ?? '', have: groups['have'] ?? '' };
}

function goTooOld({ component, version }: Wanted, { needed, have }: OlderGo): PlumblineError {
  return new PlumblineError({
    code: 'PL-GO-TOO-OLD', kind: 'environment', expected: `Go ${needed} or newer, which ${component} ${version} is built with`, seen: `Go ${have}`,
    next: `Install Go ${needed} (https://go.dev/dl) and put its bin folder on the PATH.`,
  });
}

/** A build is verified against its lock; only the first resolution asks the database. */
function checksumUnknown({ component, version, skipChecksumsOf }: Wanted, module: string, cause: ToolFailure): PlumblineError {
  const pattern = `${module.replace(/@.*/, '').split('/').slice(0, 2).join('/')}/*`;
  const patterns = [...(skipChecksumsOf ? [skipChecksumsOf] : []), pattern].join(',');
  return new PlumblineError({
    code: 'PL-CHECKSUM-UNKNOWN', kind: 'environment', expected: `the checksum database to know ${module}`, seen: 'that it does not, though the module proxy has it',
    next: `Where you trust the proxy: plumbline versions add ${component} ${version} --skip-checksums-of '${patterns}'`,
    cause: wordsOfGo(cause, /\/lookup\//),
  });
}
