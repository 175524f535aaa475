import { PlumblineError } from '../errors.ts';
import { versioned } from '../components/versioned.ts';
import type { Versioned } from '../components/versioned.ts';
import { nearest } from '../run/nearest.ts';
import { addVersions } from './versions-add.ts';
import type { AddFlags } from './versions-add.ts';
import { listVersions } from './versions-list.ts';
import type { ListFlags } from './versions-list.ts';

/**
 * `plumbline versions list [component]` and `plumbline versions add <component> <version...>`.
 *
 * @throws PlumblineError PL-USAGE, PL-COMPONENT-UNKNOWN
 */
export async function versions(words: readonly string[], flags: ListFlags & AddFlags): Promise<number> {
  const [action, name, ...wanted] = words;
  const components = name === undefined ? versioned : [componentNamed(name)];
  if (action === 'list' && wanted.length === 0) return listVersions(components, flags);
  const [component] = components;
  if (action !== 'add' || name === undefined || component === undefined || wanted.length === 0) throw wrongWords(words);
  return addVersions(component, wanted.map(withoutV), flags);
}

/** `v0.131.0` is how tags and modules write it. */
function withoutV(version: string): string {
  if (/^v?\d+\.\d+\.\d+$/.test(version)) return version.replace(/^v/, '');
  throw new PlumblineError({ code: 'PL-USAGE', kind: 'usage', expected: 'a released version, e.g. 0.131.0', seen: version, next: 'plumbline versions list --available' });
}

function componentNamed(name: string): Versioned {
  const found = versioned.find((one) => one.name === name.toLowerCase());
  if (found) return found;
  const names = versioned.map((one) => one.name);
  throw new PlumblineError({
    code: 'PL-COMPONENT-UNKNOWN', kind: 'usage', expected: `one of ${names.join(', ')}`, seen: name, next: `plumbline versions list ${nearest(name, names) ?? ''}`.trim(),
  });
}

function wrongWords(words: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-USAGE', kind: 'usage', expected: '`list [component]` or `add <component> <version...>`', seen: words.join(' '),
    next: 'plumbline versions list  or  plumbline versions add collector 0.136.0',
  });
}
