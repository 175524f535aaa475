import { cp, mkdir, readFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import type { MavenArtifactPart, MavenPackagePart } from '../recipe.ts';
import { runTool } from '../tool.ts';
import { fileDigest } from './closure.ts';
import type { Workshop } from './lay.ts';
import { pruneFiles } from './prune.ts';
import { findJdk } from './tools.ts';

/** What Maven makes and fetches. It keeps its own repository, settings and proxies: they are the user's. */

/** Pinned, since Maven would take the newest otherwise. */
export const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** Only errors are printed; a wrong checksum of the repository is one. */
export const mavenFlags = ['--batch-mode', '--quiet', '--strict-checksums'] as const;

async function maven(args: readonly string[], cwd: string, shop: Workshop): Promise<void> {
  await runTool(['mvn', ...mavenFlags, ...args], { ...shop, cwd });
}

/** Builds the folder's jar in a copy and lays it as Spring Boot's own tools unpack it: `<name>.jar` and `lib`. */
export async function layPackage({ folder }: MavenPackagePart, to: string, shop: Workshop): Promise<void> {
  const { home } = await findJdk();
  const module = join(shop.scratch, 'module');
  await cp(folder, module, { recursive: true, filter: (path) => path !== join(folder, 'target') });
  shop.note('packaging with Maven');
  const env = { ...shop.env, JAVA_HOME: home };
  await maven(['package'], module, { ...shop, env });
  const jar = (await readdir(join(module, 'target'))).find((name) => name.endsWith('.jar')) ?? 'no jar';
  await runTool([join(home, 'bin', 'java'), '-Djarmode=tools', '-jar', join('target', jar), 'extract', '--destination', to], { ...shop, cwd: module });
  await checkLibraries(join(to, 'lib'), await readFile(join(folder, 'libraries.sha256'), 'utf8'));
}

/** A pom names versions, and what a repository gives for a version is its word: the digests are ours. */
async function checkLibraries(folder: string, sums: string): Promise<void> {
  const wanted = new Map(sums.trim().split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  const names = await readdir(folder);
  const absent = [...wanted.keys()].filter((name) => !names.includes(name));
  if (absent.length > 0) throw wrongSum(absent.join(', '), 'in libraries.sha256', 'not among what Maven packaged');
  for (const name of names) expectSum(name, wanted.get(name), await fileDigest(join(folder, name)));
}

function expectSum(name: string, wanted: string | undefined, seen: string): void {
  if (seen !== wanted) throw wrongSum(name, wanted ?? 'no such file', seen);
}

function wrongSum(name: string, wanted: string, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-CHECKSUM-WRONG', kind: 'environment', expected: `${name} to have the digest that this repository names: ${wanted}`, seen,
    next: 'Where a version was changed on purpose, commit the new digest; otherwise look at the Maven repository that this machine uses.',
  });
}

/** Fetches one jar, checks its digest, and lays it, or what is packed in it. */
export async function layArtifact({ artifact, sha256, unpack }: MavenArtifactPart, to: string, shop: Workshop): Promise<void> {
  const folder = join(shop.scratch, artifact.replaceAll(':', '-'));
  await mkdir(folder, { recursive: true });
  shop.note(`fetching ${artifact}`);
  await maven([`${dependencyPlugin}:copy`, `-Dartifact=${artifact}:jar`, `-DoutputDirectory=${folder}`], shop.scratch, shop);
  const [name = 'nothing'] = await readdir(folder);
  const jar = join(folder, name);
  expectSum(artifact, sha256, await fileDigest(jar));
  if (!unpack) return rename(jar, to);
  await runTool(['jar', '--extract', '--file', jar, unpack.member], { ...shop, cwd: folder });
  await mkdir(to, { recursive: true });
  await runTool(['tar', '--extract', '--xz', '--no-same-owner', '--file', join(folder, unpack.member), '--directory', to], { ...shop, cwd: folder });
  await pruneFiles(to, unpack.prune ?? []);
}
