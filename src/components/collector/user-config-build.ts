import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { collectorImage } from './image.ts';

type Kind = 'processors' | 'extensions';

/** Types whose names have an underscore; a module's name has none. */
const underscored = ['memory_limiter', 'tail_sampling', 'file_storage', 'health_check'];

/**
 * Types of the components that the collector of a version is built with; undefined where it is not built here, and an official image has
 * more. The build's own list of modules says it.
 */
export function builtWith(kind: Kind, version: string): readonly string[] | undefined {
  const path = join(collectorImage(version).build.lockDir, 'builder.yaml');
  if (!existsSync(path)) return undefined;
  const modules = (parse(readFileSync(path, 'utf8')) as Partial<Record<Kind, readonly { readonly gomod: string }[]>>)[kind] ?? [];
  return modules.map(({ gomod }) => typeOfModule(gomod, kind));
}

/** `…/processor/memorylimiterprocessor v0.131.0` is `memory_limiter`. */
function typeOfModule(gomod: string, kind: Kind): string {
  const name = (gomod.split(' ')[0] ?? '').split('/').at(-1) ?? '';
  const bare = name.replace(new RegExp(`${kind.slice(0, -1)}$`), '');
  return underscored.find((type) => type.replaceAll('_', '') === bare) ?? bare;
}
