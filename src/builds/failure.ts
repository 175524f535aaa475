import { PlumblineError, lastCause } from '../errors.ts';
import { diskFull, neededBytes } from './folders.ts';
import { isTree, type Build } from './recipe.ts';
import { ToolFailure } from './tool.ts';

/** As many lines of a failed build as a person reads; the cause is among the last. */
const shownLines = 20;

/** What a user reads of a build that failed: which component, why, and what to do about it. */
export function buildFailure(build: Build, thrown: unknown): unknown {
  if (noSpace(thrown)) return diskFull('no space left on the device', neededBytes, lastLines(thrown));
  if (!(thrown instanceof ToolFailure)) return thrown;
  const refused = isTree(build) ? refusedPackage(thrown.output) : refusedModule(thrown.output);
  return refused ? unavailable(build, refused, thrown) : failed(build, thrown);
}

export function unavailable(build: Build, reason: string, cause?: unknown): PlumblineError {
  return new PlumblineError({
    code: 'PL-BUILD-UNAVAILABLE',
    kind: 'environment',
    expected: `the ${isTree(build) ? 'packages' : 'modules'} of ${build.name} ${build.version}`,
    seen: reason,
    next: isTree(build)
      ? 'Look at the registries that npm and Maven use here (`npm config get registry`, ~/.m2/settings.xml).'
      : 'Choose a version that can be had (`./plumbline doctor` shows what answers), or set GOPROXY to a proxy that has it.',
    ...(cause === undefined ? {} : { cause, lastLines: lastLines(cause) }),
  });
}

function failed(build: Build, failure: ToolFailure): PlumblineError {
  return new PlumblineError({
    code: 'PL-BUILD-FAILED',
    kind: 'environment',
    expected: `${build.name} ${build.version} to ${isTree(build) ? 'be put together' : 'compile'} from its lock`,
    seen: failure.message,
    next: isTree(build) ? 'Look at the last lines.' : 'Look at the last lines: where the lock is at fault, make it anew (docs/builds.md); else run again.',
    lastLines: lastLines(failure),
    cause: failure,
  });
}

/** ENOSPC of our own writes, or the compiler's words for it. */
function noSpace(thrown: unknown): boolean {
  const lines = thrown instanceof ToolFailure ? thrown.output : [lastCause(thrown)];
  return lines.some((line) => /no space left on device|ENOSPC/i.test(line));
}

function lastLines(thrown: unknown): readonly string[] {
  return thrown instanceof ToolFailure ? thrown.output.filter((line) => line.trim() !== '').slice(-shownLines) : [];
}

/** The reason in one line where a module proxy did not give a module; undefined where the failure is another. */
export function refusedModule(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    // In front of it there may be a file of the module that imports it, with a version as well.
    const module = [...line.matchAll(/(?<path>[\w.~-]+(?:\/[\w.~-]+)+)@(?<version>v[\w.+-]+)(?=:)/g)].at(0)?.groups;
    if (!module) continue;
    const why = unknownChecksum([line]) === undefined ? refusal(line) : undefined;
    if (why) return `module ${module['path']} ${module['version']} is not available: ${why}`;
  }
  return undefined;
}

/** The module that the checksum database does not know, though the proxy has it: `path@version`. */
export function unknownChecksum(lines: readonly string[]): string | undefined {
  return lines.map((line) => /\/lookup\/(\S+@v[\w.+-]+): 4\d\d /.exec(line)?.[1]).find((found) => found !== undefined);
}

/** `Get "https://…": dial tcp …` and `reading https://…: 403 Forbidden` are how `go` reports a proxy's answer. */
export function refusal(line: string): string | undefined {
  const status = /: (?<status>4\d\d|5\d\d) [A-Z]/.exec(line)?.groups?.['status'];
  if (status) return `the module proxy answers ${status}`;
  const network = /(?:dial tcp|lookup|connection refused|i\/o timeout|no such host|TLS handshake)/.test(line);
  // The line may come out of JSON, with its closing quote.
  if (network) return `the module proxy cannot be reached (${line.slice(line.lastIndexOf('": ') + 3).trim().replace(/"$/, '')})`;
  if (/module lookup disabled by GOPROXY=off/.test(line)) return 'GOPROXY is off and the module cache does not hold it';
  return undefined;
}

/** The reason in one line where a registry did not give a package of npm's or Maven's; undefined where the failure is another. */
export function refusedPackage(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const npm = /npm (?:error|ERR!) (?:404 (?=\S)|notarget |FetchError: |network )(?<text>.+)/.exec(line)?.groups?.['text'];
    if (npm) return `npm: ${npm.trim()}`;
    const maven = /^\[ERROR\].*?(?<text>Could not (?:find|transfer) artifact .+|\S+:\S+ was not found in .+)/.exec(line)?.groups?.['text'];
    if (maven) return `Maven: ${maven.split(' -> ')[0]}`;
  }
  return undefined;
}
