import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { lastCause } from '../../errors.ts';
import { configRefused } from './user-config-refused.ts';
import { takeConfig } from './user-config-take.ts';
import type { UserConfig } from './user-config.ts';

/** A user's configuration, read once: what is taken of it goes to whoever starts collectors. */
export interface ReadConfig {
  readonly config: Omit<UserConfig, 'said' | 'file' | 'digest'> & { readonly file: string; readonly digest: string };
  /** What of it is not in the collectors as it was written, for a person. */
  readonly notes: readonly string[];
}

/** @throws PlumblineError PL-COLLECTOR-CONFIG for a file that cannot be read, or not be taken over */
export async function readUserConfig(file: string): Promise<ReadConfig> {
  const content = await readFile(file).catch((error: unknown) => {
    throw configRefused(file, 'a collector\'s configuration', lastCause(error), 'name a file that can be read: --set collector.config=./collector.yaml', error);
  });
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const { config, notes } = takeConfig(content.toString('utf8'), file);
  return { config: { file, digest, ...config }, notes };
}
