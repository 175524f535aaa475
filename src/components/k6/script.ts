import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PlumblineError } from '../../errors.ts';

export interface Script {
  readonly main: string;
  /** Contents by file name: the script, and what it imports from its own folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** A ConfigMap takes 1 MiB. */
const mostBytes = 900_000;

/**
 * A k6 script with the files that it imports by `./name.js`, so that a pod has them beside it as plain k6 does.
 * @param path absolute
 * @throws PlumblineError PL-LOAD-SCRIPT where one of them cannot be read, lies in another folder, or all are too large for a ConfigMap
 */
export async function readScript(path: string): Promise<Script> {
  const [folder, main] = [dirname(path), basename(path)];
  const files: Record<string, string> = {};
  const wanted = [main];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const text = await readFile(join(folder, name), 'utf8').catch((cause: unknown) => { throw unusable(path, `${name}: ${String(cause)}`); });
    files[name] = text;
    wanted.push(...importsOf(text, path).filter((one) => files[one] === undefined));
  }
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > mostBytes) throw unusable(path, `${bytes} bytes with its imports, and a pod takes ${mostBytes}`);
  return { main, files };
}

function importsOf(text: string, path: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:import|export)\b[^'"]*['"](\.[^'"]+)['"]/gm)].map(([, from = '']) => {
    const name = from.slice('./'.length);
    if (!from.startsWith('./') || name.includes('/')) throw unusable(path, `it imports ${from}: only files of its own folder go with it`);
    return name;
  });
}

function unusable(path: string, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-LOAD-SCRIPT', kind: 'usage', expected: `a k6 script in ${path}`, seen,
    next: 'Name one that `k6 run` takes; a platform file\'s `load.script` is a path from the repository\'s root.',
  });
}
