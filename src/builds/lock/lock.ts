import { chmod, mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { goCacheDir, isAlive, withScratch } from '../folders.ts';
import { withGoCache } from '../go-cache.ts';
import type { GoTools } from '../source.ts';
import { goEnvironment, toolchain } from '../toolchain.ts';

/** What a lock is made with. */
export interface LockTools {
  /** A folder for what is no part of the lock. */
  readonly scratch: string;
  readonly go: GoTools;
  /** Parts that the component is locked without, by name. */
  readonly without: readonly string[];
}

export interface LockOptions {
  readonly signal: AbortSignal;
  readonly runId: string;
  /** Module paths that the checksum database is not asked about; left out: as Go is set up here (GONOSUMDB). */
  readonly skipChecksumsOf?: string;
  readonly without?: readonly string[];
  readonly note?: (text: string) => void;
}

/**
 * Makes a lock's folder, or one in place of what is there, whole or not at all: `write` fills a draft beside it, which is renamed when
 * it is done.
 *
 * @throws PlumblineError PL-GO-MISSING, PL-LOCKS-UNWRITABLE; what `write` throws
 */
export async function makeLock(folder: string, options: LockOptions, write: (draft: string, tools: LockTools) => Promise<void>): Promise<void> {
  await toolchain();
  const { signal, runId, skipChecksumsOf, without = [], note = () => undefined } = options;
  await withScratch('lock', (scratch) => withGoCache({ signal, step: { note } }, async () => {
    const env = { ...goEnvironment({ goCache: goCacheDir(), temp: scratch }, runId), ...(skipChecksumsOf === undefined ? {} : { GONOSUMDB: skipChecksumsOf }) };
    await inDraft(folder, (draft) => write(draft, { scratch, without, go: { env, signal, onLine: note } }));
  }));
}

async function inDraft(folder: string, write: (draft: string) => Promise<void>): Promise<void> {
  const parent = dirname(folder);
  const draft = await draftBeside(folder);
  try {
    await write(draft);
    // mkdtemp lets nobody else read.
    await chmod(draft, 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
    // A folder that only this lock would have been in; it is not empty where there are others.
    await rmdir(parent).catch(() => undefined);
  }
}

/** The name begins with a dot, by which no draft is a version, and with the process, by which a later one removes what a killed one left. */
async function draftBeside(folder: string): Promise<string> {
  const parent = dirname(folder);
  try {
    await mkdir(parent, { recursive: true });
    const left = (await readdir(parent)).filter((name) => name.startsWith('.') && !isAlive(Number.parseInt(name.slice(1), 10)));
    await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
    return await mkdtemp(join(parent, `.${process.pid}-${basename(folder)}-`));
  } catch (cause) {
    throw new PlumblineError({
      code: 'PL-LOCKS-UNWRITABLE', kind: 'usage', expected: 'a folder for locks that can be written', seen: parent,
      next: 'Leave out --here, or set XDG_DATA_HOME to a folder of yours.', cause,
    });
  }
}
