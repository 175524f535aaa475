import { chmod, copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FilesPart, JlinkPart, NpmPart, ProgramPart, TreePart } from '../recipe.ts';
import { runTool, type ToolOptions } from '../tool.ts';
import { layArtifact, layPackage } from './maven.ts';
import { notSource, programPath } from './key.ts';
import { pruneFiles } from './prune.ts';
import { findJdk } from './tools.ts';

/** How the tools of one tree build are run. */
export interface Workshop extends Pick<ToolOptions, 'env' | 'signal'> {
  /** A folder for what is not part of the tree. */
  readonly scratch: string;
  readonly note: (text: string) => void;
}

/**
 * Lays one part into the tree whose root is `root`.
 *
 * @throws ToolFailure of npm, Maven or jlink; PlumblineError PL-CHECKSUM-WRONG, PL-TOOL-MISSING
 */
export async function layPart(part: TreePart, root: string, shop: Workshop): Promise<void> {
  const to = join(root, part.to);
  await mkdir(dirname(to), { recursive: true });
  switch (part.kind) {
    case 'npm': return layNpm(part, to, shop);
    case 'maven-package': return layPackage(part, to, shop);
    case 'maven-artifact': return layArtifact(part, to, shop);
    case 'jlink': return layRuntime(part, to, shop);
    case 'program': return layProgram(part, to);
    case 'files': return layFiles(part, to);
  }
}

async function layNpm(part: NpmPart, to: string, shop: Workshop): Promise<void> {
  await copySources(part.folder, to);
  shop.note(`installing the packages of ${basename(part.folder)}`);
  await runTool(['npm', 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { ...shop, cwd: to });
  // npm's own notes, and links for command lines.
  await pruneFiles(to, ['node_modules/.package-lock.json', 'node_modules/**/.bin', ...(part.prune ?? [])]);
}

async function layRuntime({ modules }: JlinkPart, to: string, shop: Workshop): Promise<void> {
  const { home } = await findJdk();
  shop.note('linking a Java runtime');
  const options = ['--strip-debug', '--no-header-files', '--no-man-pages', '--compress=2'];
  await runTool([join(home, 'bin', 'jlink'), ...options, '--add-modules', modules.join(','), '--output', to], { ...shop, cwd: shop.scratch });
  // Classes of the runtime as the JVM keeps them in memory: without, a start parses them, which takes a second on two cores.
  await runTool([join(to, 'bin', 'java'), '-Xshare:dump'], { ...shop, cwd: shop.scratch });
  // A second archive for heaps whose references are not compressed: beyond 32 GB.
  await rm(join(to, 'lib', 'server', 'classes_nocoops.jsa'), { force: true });
}

async function layProgram(part: ProgramPart, to: string): Promise<void> {
  await copyFile(await programPath(part), to);
  await chmod(to, 0o755);
}

async function layFiles({ folder }: FilesPart, to: string): Promise<void> {
  await copySources(folder, to);
}

/** Copies a folder without what npm and Maven may have left in it. */
export async function copySources(folder: string, to: string): Promise<void> {
  await cp(folder, to, { recursive: true, filter: (path) => path === folder || !notSource.includes(basename(path)) });
}
