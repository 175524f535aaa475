import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { stripVTControlCharacters } from 'node:util';
import { notSource } from '../../builds/tree/key.ts';
import { runLabel } from '../../clusters/k3s/names.ts';
import { PlumblineError, lastCause } from '../../errors.ts';
import type { Credentials } from '../registry/credentials.ts';
import type { Engine } from './engine.ts';

export interface DockerBuild {
  /** As a person calls it: `target 1.0.0`. */
  readonly name: string;
  /** Folder with the Dockerfile. */
  readonly context: string;
  /** Under which the engine has the image while it is exported. */
  readonly reference: string;
  readonly args: Readonly<Record<string, string>>;
  readonly logins: Readonly<Record<string, Credentials>>;
  readonly runId: string;
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** Lines of a failed build that are worth keeping. */
const keptLines = 20;

/**
 * Builds a Dockerfile's image and hands the engine's name of it to `use`. Neither the image nor the one that it was built in stays on the
 * engine; its base images do.
 *
 * @throws PlumblineError PL-BUILD-FAILED with the build's last lines; the signal's reason; whatever `use` throws
 */
export async function withBuiltImage<T>(engine: Engine, build: DockerBuild, use: (reference: string) => Promise<T>): Promise<T> {
  try {
    await run(engine, build);
    return await use(build.reference);
  } finally {
    await engine.getImage(build.reference).remove().catch(() => undefined);
    // The stage in front of the last one has no name; it bears the run's label.
    await engine.pruneImages({ filters: { dangling: ['true'], label: [`${runLabel}=${build.runId}`] } }).catch(() => undefined);
  }
}

/** Writes an image of the engine to a file, as `docker save` does. */
export async function saveImage(engine: Engine, reference: string, path: string, signal: AbortSignal): Promise<void> {
  await pipeline(await engine.getImage(reference).get(), createWriteStream(path), { signal });
}

async function run(engine: Engine, { name, context, reference, args, logins, runId, signal, note }: DockerBuild): Promise<void> {
  const lines: string[] = [];
  try {
    const stream = await engine.buildImage({ context, src: await contextFiles(context) }, {
      t: reference, buildargs: { ...args, RUN: runId }, labels: { [runLabel]: runId }, forcerm: true, registryconfig: logins, abortSignal: signal,
    });
    await followed(engine, stream, (line) => {
      lines.push(line);
      note(line);
    });
  } catch (thrown) {
    signal.throwIfAborted();
    throw new PlumblineError({
      code: 'PL-BUILD-FAILED', kind: 'environment', expected: `the Docker engine to build ${name} from ${join(context, 'Dockerfile')}`, seen: lastCause(thrown),
      lastLines: lines.slice(-keptLines), next: 'Mend what its last lines name; `docker build` of that folder shows the same.', cause: thrown,
    });
  }
}

interface Progress {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/** Resolves with the end of the build; an error in its stream is one. */
function followed(engine: Engine, stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()), ({ stream: text, error }: Progress) => {
      if (error !== undefined) reject(new Error(error));
      const line = stripVTControlCharacters(text ?? '').trim();
      if (line !== '') onLine(line);
    });
  });
}

/** What an engine is sent: everything that belongs to the sources. */
export async function contextFiles(context: string): Promise<string[]> {
  const below = await readdir(context, { withFileTypes: true, recursive: true });
  const paths = below.filter((one) => one.isFile()).map((one) => relative(context, join(one.parentPath, one.name)));
  return paths.filter((path) => !path.split('/').some((part) => notSource.includes(part))).sort();
}
