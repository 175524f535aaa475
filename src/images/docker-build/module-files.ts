import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import type { BuildOptions } from '../../builds/binary.ts';
import { withScratch } from '../../builds/folders.ts';
import { homeVersion, keepModuleFiles, lockedSum } from '../../builds/module-files.ts';
import type { FilesOf } from '../../builds/module-files.ts';
import { PlumblineError } from '../../errors.ts';
import { localHost } from '../archive-cache.ts';
import { readArchive } from '../archive-read.ts';
import type { ArchivedLayer } from '../archive-read.ts';
import { BaseImages } from './base-images.ts';
import { saveImage, withBuiltImage } from './build.ts';
import { dockerEngine } from './engine.ts';

const context = fileURLToPath(new URL('./module-files', import.meta.url));

/** What of the user's settings for Go a build in a container is told. */
const goSettings = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB'];

/** Why no engine can fetch modules here; undefined where one can. */
export async function moduleFilesObstacle(prefix: string | undefined): Promise<string | undefined> {
  const engine = await dockerEngine();
  return typeof engine === 'string' ? engine : new BaseImages(prefix).obstacle(engine, context);
}

/**
 * Takes a build's files out of its module by a Docker engine.
 *
 * @throws PlumblineError PL-IMAGE-UNAVAILABLE without an engine, PL-BUILD-FAILED with the last lines, e.g. where the module cannot be had
 */
export async function dockerModuleFiles(build: FilesOf, prefix: string | undefined, { signal, runId, step }: BuildOptions): Promise<string> {
  const engine = await dockerEngine();
  if (typeof engine === 'string') throw noEngine(build, engine);
  const bases = new BaseImages(prefix);
  const own = Object.fromEntries(goSettings.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const args = { ...own, REGISTRY_PREFIX: bases.before, MODULE: build.homeModule, VERSION: `v${await homeVersion(build)}`, SUM: (await lockedSum(build)) ?? '', FOLDERS: build.home.join(' ') };
  const reference = `${localHost}/files-of-${build.name}:${build.version}-${runId}`;
  const docker = { name: `the files of ${build.name} ${build.version}`, context, reference, args, logins: await bases.logins(), runId, signal, note: (text: string) => step.note(text) };
  return withScratch(build.name, (scratch) => withBuiltImage(engine, docker, async () => {
    const archive = join(scratch, 'image.tar');
    await saveImage(engine, reference, archive, signal);
    for (const layer of (await readArchive(archive)).layers) await unpack(layer, scratch);
    return keepModuleFiles(build, join(scratch, 'files'));
  }));
}

/** Lays what is in a layer; the Dockerfile puts nothing there but folders and files. */
async function unpack(layer: ArchivedLayer, to: string): Promise<void> {
  const reader = extract();
  const read = pipeline(layer.open(), decompressed(layer), reader);
  // The loop meets the same failure first.
  read.catch(() => undefined);
  for await (const entry of reader) {
    const path = join(to, entry.header.name);
    if (entry.header.type !== 'file') {
      entry.resume();
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await pipeline(entry, createWriteStream(path));
  }
  await read;
}

function decompressed({ compression }: ArchivedLayer): NodeJS.ReadWriteStream {
  if (compression === '+gzip') return createGunzip();
  return compression === '+zstd' ? createZstdDecompress() : new PassThrough();
}

function noEngine({ name, version }: FilesOf, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-IMAGE-UNAVAILABLE', kind: 'environment', expected: `the files of the release of ${name} ${version}`, seen: `there is no Go here; ${seen}`,
    next: 'Install Go, or start a Docker engine.',
  });
}
