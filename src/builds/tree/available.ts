import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { z } from 'zod';
import { PlumblineError, lastCause } from '../../errors.ts';
import { refusedPackage } from '../failure.ts';
import { checkFreeDisk, withScratch } from '../folders.ts';
import type { NpmPart, TreeBuild, TreePart } from '../recipe.ts';
import { neededTreeBytes } from './build.ts';
import { treeKey } from './key.ts';
import { dependencyPlugin, mavenFlags } from './maven.ts';
import { toolObstacle } from './tools.ts';

/** Milliseconds; the plan waits for it. Maven takes 2 s to start, and fetches its own plugin the first time. */
const registryTimeoutMs = 60_000;

/**
 * Why a tree cannot be built here, in one line; undefined where nothing stands in its way. Asks the registries of npm and
 * Maven for one package a part: where that can be had, the others can.
 */
export async function checkTree(build: TreeBuild): Promise<string | undefined> {
  const name = `${build.name} ${build.version}`;
  const obstacle = await toolObstacle(build);
  if (obstacle) return obstacle.installable ? undefined : `${name}: ${obstacle.reason}`;
  try {
    await treeKey(build);
    await checkFreeDisk(neededTreeBytes);
    for (const part of build.parts) {
      const refused = await askRegistry(part);
      if (refused) return `${name}: ${refused}`;
    }
    return undefined;
  } catch (thrown) {
    if (thrown instanceof PlumblineError) return `${name} cannot be built: ${thrown.problem.seen}. ${thrown.problem.next}`;
    return `the parts of ${name} cannot be read: ${lastCause(thrown)}`;
  }
}

async function askRegistry(part: TreePart): Promise<string | undefined> {
  if (part.kind === 'npm') return ask(['npm', 'view', await firstDependency(part), 'version']);
  if (part.kind === 'maven-package') return ask(getPom(await parentOf(part.folder)));
  if (part.kind === 'maven-artifact') return ask(getPom(part.artifact));
  return undefined;
}

async function firstDependency({ folder }: NpmPart): Promise<string> {
  const Package = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });
  const { dependencies } = Package.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return Object.entries(dependencies)[0]?.join('@') ?? 'npm';
}

/** The pom's parent, on which the versions of everything else rest. */
async function parentOf(folder: string): Promise<string> {
  const parent = /<parent>(?<text>.*?)<\/parent>/s.exec(await readFile(join(folder, 'pom.xml'), 'utf8'))?.groups?.['text'] ?? '';
  return ['groupId', 'artifactId', 'version'].map((tag) => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(parent)?.[1] ?? '').join(':');
}

/** A pom is small, and a repository that has it has the rest. */
function getPom(artifact: string): [string, ...string[]] {
  return ['mvn', ...mavenFlags, `${dependencyPlugin}:get`, '-Dtransitive=false', `-Dartifact=${artifact}:pom`];
}

async function ask([file, ...args]: [string, ...string[]]): Promise<string | undefined> {
  return withScratch('check', async (cwd) => {
    const answer = await execa(file, args, { cwd, reject: false, timeout: registryTimeoutMs });
    if (answer.timedOut) return `\`${file}\` gave no answer in ${registryTimeoutMs / 1000} s (${args.at(-1)})`;
    if (answer.exitCode === 0) return undefined;
    const lines = stripVTControlCharacters(`${answer.stdout}\n${answer.stderr}`).split('\n');
    return refusedPackage(lines) ?? `\`${file}\` failed: ${lines.findLast((line) => line.trim() !== '') ?? answer.shortMessage}`;
  });
}
