import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { PlumblineError } from '../../errors.ts';

/** What dynamically linked programs need of this machine: their interpreter and the shared libraries, as ldd(1) lists them. */

export interface Libraries {
  /** Absolute paths on this machine. */
  readonly paths: readonly string[];
  /** Names that the dynamic linker did not find by itself. */
  readonly missing: readonly string[];
}

/** Reads what ldd prints: `name => path (address)`, `path (address)`, `name => not found`. */
export function parseLdd(text: string): Libraries {
  const lines = text.split('\n');
  const paths = lines.flatMap((line) => /^\s+(?:\S+ => )?(?<path>\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.groups?.['path'] ?? []);
  const missing = lines.flatMap((line) => /^\s+(?<name>\S+) => not found$/.exec(line)?.groups?.['name'] ?? []);
  return { paths: [...new Set(paths)].sort(), missing: [...new Set(missing)].sort() };
}

/** C libraries before glibc 2.34 load these by themselves to look names up. */
const nameServices = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/** The libraries of some programs and libraries, without those below `within`, which lie there already. */
export async function librariesOf(files: readonly string[], within?: string): Promise<Libraries> {
  // It answers 1 where one of them is static, which is nothing to complain of.
  const { stdout } = await execa('ldd', [...files], { reject: false, env: { LC_ALL: 'C' } });
  const { paths, missing } = parseLdd(stdout);
  // `/x/bin/../lib/y` is how a program names what lies beside it.
  const resolved = await Promise.all(paths.map(async (path) => ({ path, real: await realpath(path) })));
  const inside = within === undefined ? undefined : `${await realpath(within)}/`;
  const outside = resolved.filter(({ real }) => inside === undefined || !real.startsWith(inside)).map(({ path }) => path);
  return { paths: [...outside, ...(await nameServicesBeside(outside))], missing };
}

async function nameServicesBeside(paths: readonly string[]): Promise<string[]> {
  const libc = paths.find((path) => basename(path) === 'libc.so.6');
  if (libc === undefined) return [];
  const candidates = nameServices.map((name) => join(dirname(libc), name)).filter((path) => !paths.includes(path));
  const found = await Promise.all(candidates.map((path) => stat(path).then(() => [path], () => [])));
  return found.flat();
}

/**
 * Adds to a tree what its programs need of this machine, under the same paths.
 *
 * @throws PlumblineError PL-BUILD-FAILED where a library is neither here nor in the tree
 */
export async function addLibraries(root: string): Promise<void> {
  const programs = await elfFiles(root);
  if (programs.length === 0) return;
  const { paths, missing } = await librariesOf(programs, root);
  // The JVM loads its own before those that ask for it.
  const present = new Set(programs.map((path) => basename(path)));
  const lacking = missing.filter((name) => !present.has(name));
  if (lacking.length > 0) throw librariesMissing(lacking);
  for (const path of paths) await copyInto(root, path);
}

/** A link becomes the file that it leads to: its name is all that a program looks for. */
async function copyInto(root: string, path: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await copyFile(path, join(root, path));
}

/** Programs and shared libraries below a folder; links are left out, since what they lead to counts. */
async function elfFiles(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const checked = await Promise.all(files.map(async (path) => ({ path, elf: await looksDynamic(path) && await isElf(path) })));
  return checked.filter(({ elf }) => elf).map(({ path }) => path).sort();
}

async function looksDynamic(path: string): Promise<boolean> {
  return /\.so(\.|$)/.test(basename(path)) || ((await stat(path)).mode & 0o111) !== 0;
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === '\x7fELF';
  } finally {
    await file.close();
  }
}

const digests = new Map<string, Promise<string>>();

/** Hex digest of a file of this machine, read once a process. */
export function fileDigest(path: string): Promise<string> {
  const known = digests.get(path) ?? readFile(path).then((content) => createHash('sha256').update(content).digest('hex'));
  digests.set(path, known);
  return known;
}

function librariesMissing(names: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-BUILD-FAILED', kind: 'environment', expected: 'every shared library that the programs of the image need',
    seen: `${names.join(', ')} on this machine nowhere`, next: 'Install the package that has them.',
  });
}
