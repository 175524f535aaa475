import { createHash, type Hash } from 'node:crypto';
import { arch } from 'node:os';
import { join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { findProgram } from '../../processes/find.ts';
import { feedFolder, notBuilt } from '../key.ts';
import type { ProgramPart, TreeBuild, TreePart } from '../recipe.ts';
import { fileDigest, librariesOf } from './closure.ts';
import { findJdk } from './tools.ts';

/** Changes whenever the same parts would be laid in another way. */
const treeFormat = 1;

/** What npm and Maven leave in a folder that somebody worked in. */
export const notSource: readonly string[] = ['node_modules', 'target'];

/** GOARCH of this machine, which images name; Node calls them otherwise. */
export function imageArch(): string {
  return { x64: 'amd64', ia32: '386' }[arch() as string] ?? arch();
}

/**
 * What a tree's content depends on, as 64 hex digits: its parts, all files of their folders, this machine's JDK where it
 * is used, its programs and their libraries. npm's and Maven's versions play no part: what they fetch is locked.
 *
 * @throws PlumblineError PL-TOOL-MISSING, because the key depends on the JDK and the programs
 */
export async function treeKey(build: TreeBuild): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(['tree', treeFormat, build.name, build.version, imageArch()]));
  for (const part of build.parts) {
    hash.update(`\0part\0${JSON.stringify(withoutFolder(part))}`);
    await feedPart(hash, part);
  }
  return hash.digest('hex');
}

/** Where something lies on this machine makes no difference. */
function withoutFolder(part: TreePart): readonly (readonly [string, unknown])[] {
  return Object.entries(part).filter(([name]) => name !== 'folder' && name !== 'program').sort(([a], [b]) => (a < b ? -1 : 1));
}

async function feedPart(hash: Hash, part: TreePart): Promise<void> {
  if ('folder' in part) await feedFolder(hash, part.folder, [...notSource, ...notBuilt]);
  if (part.kind === 'program') await feedPrograms(hash, [await programPath(part)]);
  if (part.kind !== 'jlink' && part.kind !== 'maven-package') return;
  const { home, release } = await findJdk();
  hash.update(`\0jdk\0${release}`);
  // These need the most of this machine: the JVM the C library, and Debian's zip the system's zlib.
  if (part.kind === 'jlink') await feedPrograms(hash, ['bin/java', 'lib/server/libjvm.so', 'lib/libzip.so'].map((name) => join(home, name)), home);
}

async function feedPrograms(hash: Hash, programs: readonly string[], within?: string): Promise<void> {
  const { paths } = await librariesOf(programs, within);
  for (const path of programs) hash.update(`\0program\0${await fileDigest(path)}`);
  for (const path of paths) hash.update(`\0library\0${path}\0${await fileDigest(path)}`);
}

/** @throws PlumblineError PL-TOOL-MISSING */
export async function programPath({ program }: ProgramPart): Promise<string> {
  const path = program.startsWith('/') ? program : await findProgram(program);
  if (path !== undefined) return path;
  throw new PlumblineError({
    code: 'PL-TOOL-MISSING', kind: 'environment', expected: `a program \`${program}\` to put into an image`, seen: 'none on the PATH',
    next: 'Install the package that has it.',
  });
}
