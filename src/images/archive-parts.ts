import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import { z } from 'zod';
import type { ImageArchive } from './source.ts';

/** A large blob of an archive, as a file of its own. */
export interface ArchiveLayer {
  /** 64 hex digits of sha256. */
  readonly digest: string;
  readonly size: number;
  readonly path: string;
}

/** An archive taken apart: what is read of it again and again is a few kilobytes, and its layers need not be copied. */
export interface ArchiveParts {
  /** A tar of everything but the layers. */
  readonly small: Buffer;
  readonly layers: readonly ArchiveLayer[];
}

const Record = z.object({ digest: z.string(), small: z.string(), layers: z.array(z.object({ digest: z.string(), size: z.number() })) });

/** Configurations and manifests are smaller; a smaller layer, such as the pause program, is copied sooner than a second program is started. */
const layerBytes = 4 * 1024 ** 2;

const known = new Map<string, Promise<ArchiveParts>>();

/** The parts of an archive, which lie beside it once somebody has asked for them. */
export function partsOf(archive: Pick<ImageArchive, 'path' | 'digest'>): Promise<ArchiveParts> {
  const key = `${archive.path} ${archive.digest}`;
  const parts = known.get(key) ?? kept(archive).then((found) => found ?? takeApart(archive));
  known.set(key, parts);
  // The next one may fare better, e.g. on a disk that is no longer full.
  parts.catch(() => known.delete(key));
  return parts;
}

async function kept({ path, digest }: Pick<ImageArchive, 'path' | 'digest'>): Promise<ArchiveParts | undefined> {
  try {
    const record = Record.parse(JSON.parse(await readFile(recordOf(path), 'utf8')));
    const layers = record.layers.map((layer) => ({ ...layer, path: layerFile(path, layer.digest) }));
    const sizes = await Promise.all(layers.map(async (layer) => (await stat(layer.path)).size));
    return record.digest === digest && layers.every(({ size }, index) => size === sizes[index]) ? { small: Buffer.from(record.small, 'base64'), layers } : undefined;
  } catch {
    return undefined;
  }
}

async function takeApart({ path, digest }: Pick<ImageArchive, 'path' | 'digest'>): Promise<ArchiveParts> {
  const [entries, small, layers] = [extract(), pack(), [] as ArchiveLayer[]];
  const reading = pipeline(createReadStream(path), entries);
  for await (const entry of entries) {
    const { name, size = 0 } = entry.header;
    const [, layer] = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name) ?? [];
    if (layer !== undefined && size >= layerBytes) layers.push({ digest: layer, size, path: await writeWhole(entry, layerFile(path, layer)) });
    else small.entry(entry.header, await buffer(entry));
  }
  await reading;
  small.finalize();
  const rest = await buffer(small);
  await writeWhole([JSON.stringify({ digest, small: rest.toString('base64'), layers: layers.map(({ digest: of, size }) => ({ digest: of, size })) })], recordOf(path));
  return { small: rest, layers };
}

/** Under its name only once it is complete: another process may do the same at the same time. */
async function writeWhole(content: AsyncIterable<unknown> | Iterable<string>, path: string): Promise<string> {
  const draft = `${path}.${process.pid}`;
  await pipeline(content, createWriteStream(draft));
  await rename(draft, path);
  return path;
}

function recordOf(archive: string): string {
  return `${archive}.parts`;
}

function layerFile(archive: string, digest: string): string {
  return `${archive}.${digest}`;
}
