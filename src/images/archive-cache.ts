import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheDir } from '../run/paths.ts';

/** Archives of images that were made here, each beside a record of what it is. */

const Record = z.object({ digest: z.string(), sizeBytes: z.number() });

/** What is known of a kept archive. */
export interface KeptArchive extends z.infer<typeof Record> {
  readonly path: string;
}

/** Host part of references that no registry can serve: nothing pulls such an image by accident. */
export const localHost = 'plumbline.local';

export function imagesDir(): string {
  return join(cacheDir(), 'images');
}

/** The archive of a stem (its path without ending) where it is there whole; marks it as used, which is what pruning goes by. */
export async function keptArchive(stem: string): Promise<KeptArchive | undefined> {
  const path = `${stem}.tar`;
  try {
    const record = Record.parse(JSON.parse(await readFile(`${stem}.json`, 'utf8')));
    if ((await stat(path)).size !== record.sizeBytes) return undefined;
    const now = new Date();
    await Promise.all([utimes(path, now, now), utimes(`${stem}.json`, now, now)]);
    return { path, ...record };
  } catch {
    return undefined;
  }
}

/** Moves a finished archive from a scratch folder to where it is kept. */
export async function keepArchive(stem: string, scratch: string, draft: string, digest: string): Promise<KeptArchive> {
  const { size: sizeBytes } = await stat(draft);
  await mkdir(imagesDir(), { recursive: true });
  await writeFile(join(scratch, 'image.json'), `${JSON.stringify({ digest, sizeBytes })}\n`);
  // The record comes last: where it is, the archive is complete.
  await rm(`${stem}.json`, { force: true });
  await rename(draft, `${stem}.tar`);
  await rename(join(scratch, 'image.json'), `${stem}.json`);
  return { path: `${stem}.tar`, digest, sizeBytes };
}
