import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { Header } from 'tar-stream';
import { z } from 'zod';

/** One of the parts that an archive's image consists of. */
export interface ArchivedBlob {
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
  /** Its bytes, from the beginning each time: all, or the first few. */
  open(atMost?: number): Readable;
}

export interface ArchivedLayer extends ArchivedBlob {
  /** Engines that keep images in containerd save layers as they were pulled. */
  readonly compression: '' | '+gzip' | '+zstd';
}

export interface ArchivedImage {
  readonly config: ArchivedBlob;
  /** The lowest first. */
  readonly layers: readonly ArchivedLayer[];
}

const DockerManifest = z.tuple([z.object({ Config: z.string(), Layers: z.array(z.string()) })]);

/**
 * The one image of an archive, by the list that every `docker save` writes, whatever its version lays beside it, and ours too.
 *
 * @throws Error where the archive holds no image, or more than one
 */
export async function readArchive(path: string): Promise<ArchivedImage> {
  const places = await placesIn(path);
  const open = (name: string): ArchivedBlobPlace => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`${path} names ${name} and does not hold it`);
    return place;
  };
  const [{ Config, Layers }] = DockerManifest.parse(JSON.parse((await bytesOf(open('manifest.json').open())).toString()));
  return { config: await blob(Config, open(Config)), layers: await Promise.all(Layers.map((name) => layer(name, open(name)))) };
}

type ArchivedBlobPlace = Omit<ArchivedBlob, 'digest'>;

/** Where in the file each of its members lies; the layers of older engines may be links to each other. */
async function placesIn(path: string): Promise<ReadonlyMap<string, ArchivedBlobPlace>> {
  const found = new Map<string, ArchivedBlobPlace>();
  const links = new Map<string, string>();
  const reader = extract();
  const read = pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), reader);
  // The loop meets the same failure first.
  read.catch(() => undefined);
  for await (const entry of reader) {
    const { name, type, linkname, size = 0, byteOffset: start } = entry.header as Header & { byteOffset: number };
    if (type === 'symlink' || type === 'link') links.set(name, new URL(linkname ?? '', `file:///${name}`).pathname.slice(1));
    else if (type === 'file') found.set(name, { size, open: (atMost = size) => createReadStream(path, { start, end: start + Math.min(size, atMost) - 1 }) });
    entry.resume();
  }
  await read;
  for (const [name, target] of links) {
    const place = found.get(target);
    if (place) found.set(name, place);
  }
  return found;
}

/** Layouts name their blobs by digest; others have to be read for it. */
async function blob(name: string, place: ArchivedBlobPlace): Promise<ArchivedBlob> {
  const named = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  if (named !== undefined) return { ...place, digest: `sha256:${named}` };
  const hash = createHash('sha256');
  await pipeline(place.open(), hash);
  return { ...place, digest: `sha256:${hash.digest('hex')}` };
}

async function layer(name: string, place: ArchivedBlobPlace): Promise<ArchivedLayer> {
  return { ...(await blob(name, place)), compression: compressionOf(await bytesOf(place.open(4))) };
}

/** By the magic numbers of RFC 1952 and RFC 8878. */
function compressionOf(start: Buffer): ArchivedLayer['compression'] {
  if (start.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return '+gzip';
  return start.equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? '+zstd' : '';
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
