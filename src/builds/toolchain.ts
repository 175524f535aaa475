import { execa } from 'execa';
import { z } from 'zod';
import { PlumblineError, lastCause } from '../errors.ts';
import { runVariable } from '../processes/proc.ts';

/** The Go toolchain of this machine. */
export interface Toolchain {
  /** `1.26.8`: a patch release compiles differently, so it is part of every cache key. */
  readonly goVersion: string;
  /** GOARCH, e.g. `amd64`. */
  readonly arch: string;
  /** The user's own module cache; Plumbline reads and fills it like any other Go build. */
  readonly moduleCache: string;
}

/**
 * Locks of the versions that claims name ask for Go 1.25.9 at most; of a newer component's, the plan says what it asks for.
 * GOTOOLCHAIN=local never downloads another Go.
 */
export const oldestGo = '1.25.9';

const GoEnv = z.object({ GOVERSION: z.string(), GOARCH: z.string(), GOMODCACHE: z.string() });

let found: Promise<Toolchain> | undefined;

/**
 * Asks `go` about itself, once a process.
 *
 * @throws PlumblineError PL-GO-MISSING where there is no `go` on the PATH, or one that does not work
 */
export function toolchain(): Promise<Toolchain> {
  found ??= ask().catch((thrown: unknown) => {
    found = undefined;
    throw thrown;
  });
  return found;
}

async function ask(): Promise<Toolchain> {
  try {
    const { stdout } = await execa('go', ['env', '-json', 'GOVERSION', 'GOARCH', 'GOMODCACHE'], {
      env: { GOTOOLCHAIN: 'local' },
      timeout: 30_000,
    });
    const env = GoEnv.parse(JSON.parse(stdout));
    return { goVersion: env.GOVERSION.replace(/^go/, ''), arch: env.GOARCH, moduleCache: env.GOMODCACHE };
  } catch (cause) {
    throw goMissing(cause);
  }
}

function goMissing(cause: unknown): PlumblineError {
  const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new PlumblineError({
    code: 'PL-GO-MISSING',
    kind: 'environment',
    expected: 'a Go toolchain to build the components with',
    seen: absent ? 'no `go` on the PATH' : `a \`go\` that does not answer: ${lastCause(cause)}`,
    next: `Install Go ${oldestGo} or newer (https://go.dev/dl) and put its bin folder on the PATH.`,
    cause,
  });
}

/**
 * The environment of every Go command of a run: nothing of the user's own flags may change what is built, while proxy
 * and network settings stay theirs.
 *
 * @param places goCache: Plumbline's own build cache; temp: a folder on the cache's disk, since /tmp may be memory
 */
export function goEnvironment(places: { goCache: string; temp: string }, runId: string, cgo = false): Record<string, string> {
  return {
    // `down` finds what a killed run left by it.
    [runVariable]: runId,
    CGO_ENABLED: cgo ? '1' : '0',
    GOFLAGS: '-buildvcs=false',
    GOOS: 'linux',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
    GOEXPERIMENT: '',
    // Compilers live for seconds: collecting garbage less often is about a fifth less CPU time.
    GOGC: '400',
    GOCACHE: places.goCache,
    GOTMPDIR: places.temp,
    // The collector builder makes a temporary folder and leaves it.
    TMPDIR: places.temp,
  };
}
