import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { lastCause } from '../errors.ts';
import { configProblem, readText } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';

/** What a configuration imports `defineConfig` from, wherever it lies: nothing has to be installed beside it. */
const ownName = 'plumbline';

/**
 * Imports a TypeScript file; Node.js strips its types. It runs with all that this process may do, as any program of the user's.
 * @throws PlumblineError PL-CONFIG-READ, PL-CONFIG-TYPESCRIPT with file and line; never a stack
 */
export async function importFile(path: string): Promise<ConfigFile> {
  const text = readText(path);
  const url = pathToFileURL(path).href;
  const own = new URL('./define-config.ts', import.meta.url).href;
  // Without a package.json around it Node.js would guess what kind of module it is, and warn of that.
  const asModule = registerHooks({ resolve: (name, context, next) => {
    const resolved = name === ownName ? { url: own, shortCircuit: true } : next(name, context);
    return resolved.url === url || resolved.url === own ? { ...resolved, format: 'module-typescript' } : resolved;
  } });
  try {
    const { default: values } = await import(url) as { default?: unknown };
    if (values === undefined) throw configProblem('PL-CONFIG-TYPESCRIPT', 'export default defineConfig({ … })', `${path}: no default export`, path);
    return { path, values: await values, lineOf: (keys) => lineIn(text, keys) };
  } catch (thrown) {
    if (thrown instanceof Error && 'problem' in thrown) throw thrown;
    throw configProblem('PL-CONFIG-TYPESCRIPT', 'TypeScript that can be imported', `${placeIn(thrown, path)}: ${lastCause(thrown).trim().split('\n')[0]}`, path);
  } finally {
    asModule.deregister();
  }
}

/** File and line, as a stack has them (`file:///…:3:7`), or what Node.js says of code that it cannot parse. */
function placeIn(thrown: unknown, path: string): string {
  const [, behind = ''] = (thrown instanceof Error ? (thrown.stack ?? '') : '').split(`${path}:`);
  return [path, /^\d+/.exec(behind)?.[0]].filter(Boolean).join(':');
}

/** Where the last of these keys is written: each is looked for behind the one that it is in. */
function lineIn(text: string, keys: readonly string[]): number | undefined {
  let at = 0;
  for (const key of keys.filter((one) => !/^\d+$/.test(one))) {
    const found = text.slice(at).search(new RegExp(`(?<![\\w$.-])(['"]?)${key.replaceAll(/\W/g, '\\$&')}\\1\\s*:`));
    if (found < 0) break;
    at += found;
  }
  return at === 0 ? undefined : text.slice(0, at).split('\n').length;
}
