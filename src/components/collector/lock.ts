import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedModule } from '../../builds/lock/go-mod.ts';
import { lockGenerated } from '../../builds/lock/generated.ts';
import type { LockTools } from '../../builds/lock/lock.ts';
import { collectorImage } from './image.ts';
import { builderConfig, missingParts, releaseModule, releaseOf } from './parts.ts';

/** Writes the lock of a collector's version into a folder. @throws ToolFailure where something cannot be had */
export async function lockCollector(folder: string, version: string, { scratch, go, without }: LockTools): Promise<void> {
  const { goMod } = await publishedModule(releaseModule, `v${version}`, folder, go);
  const release = releaseOf(version, goMod.Require ?? []);
  if (release === undefined) throw new Error(`${releaseModule} v${version} requires no released core`);
  await lockGenerated(folder, builderConfig(release, without), `v${release.core}`, scratch, go);
}

/** What a locked version was locked without. */
export function leftOut(version: string): readonly string[] {
  return missingParts(readFileSync(join(collectorImage(version).build.lockDir, 'builder.yaml'), 'utf8'));
}
