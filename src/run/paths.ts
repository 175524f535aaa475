import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Where Plumbline keeps things outside the repository. Each is made on first use by who writes there.
 * XDG names are the Base Directory Specification's; a test moves all of them by setting them.
 */

/** What can be made again at the price of time: built binaries, image archives, durations. */
export function cacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'plumbline');
}

/** What the user has added and nothing makes again: locks of further versions. */
export function dataDir(): string {
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'plumbline');
}

/** One folder a run, with everything of the run that lives on disk; its presence is what `down` looks for. */
export function runsDir(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'plumbline', 'runs');
}

/** Sockets: their paths are limited to 107 bytes by the kernel, so they need a short folder of their own. */
export function socketsDir(runId: string): string {
  return join(allSocketsDir(), runId);
}

/** The folder above those of all runs of this user. */
export function allSocketsDir(): string {
  const root = process.getuid?.() === 0 ? '/run' : (process.env['XDG_RUNTIME_DIR'] ?? '/tmp');
  return join(root, 'plumbline');
}

/** The folder of package.json: suites and fixtures are found from it, wherever Plumbline is called from. */
export const packageRoot = dirname(dirname(import.meta.dirname));
