import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { installPackages, mayInstall } from '../../processes/apt.ts';
import { findProgram } from '../../processes/find.ts';
import type { TreeBuild, TreePart } from '../recipe.ts';

/** Programs that tree builds are made with, and Debian's packages with them. */
const packageOf = { npm: 'npm', mvn: 'maven', jlink: 'default-jdk-headless', jar: 'default-jdk-headless', xz: 'xz-utils', ldd: 'libc-bin' } as const;

type Tool = keyof typeof packageOf;

/** Everything of an image is a program of this machine in the end, whose libraries ldd finds. */
function toolsOf(part: TreePart): readonly Tool[] {
  switch (part.kind) {
    case 'npm': return ['npm'];
    case 'maven-package': return ['mvn', 'jlink'];
    case 'maven-artifact': return part.unpack ? ['mvn', 'jar', 'xz'] : ['mvn'];
    case 'jlink': return ['jlink'];
    case 'program': return ['ldd'];
    case 'files': return [];
  }
}

/** Names of the tools that a build lacks here. */
async function missingTools(build: TreeBuild): Promise<readonly Tool[]> {
  const needed = [...new Set(build.parts.flatMap(toolsOf))];
  const found = await Promise.all(needed.map(findProgram));
  return needed.filter((_, index) => found[index] === undefined);
}

/** Why the tools of a build are not there; undefined where they are. `installable`: a run may install what is missing. */
export async function toolObstacle(build: TreeBuild): Promise<{ readonly reason: string; readonly installable: boolean } | undefined> {
  const missing = await missingTools(build);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((tool) => packageOf[tool]))];
  const reason = `it is made with ${missing.join(' and ')}: install ${packages.join(' and ')}, or what this system calls them`;
  return { reason, installable: process.getuid?.() === 0 && (await mayInstall()) };
}

/**
 * Installs the tools that a build lacks, where this user may.
 *
 * @throws PlumblineError PL-TOOL-MISSING where not, PL-COMMAND-FAILED where apt-get fails
 */
export async function ensureTools(build: TreeBuild, options: { signal: AbortSignal; note: (text: string) => void }): Promise<void> {
  const obstacle = await toolObstacle(build);
  if (!obstacle) return;
  if (!obstacle.installable) throw toolMissing(build, obstacle.reason);
  const packages = [...new Set((await missingTools(build)).map((tool) => packageOf[tool]))];
  options.note(`installing ${packages.join(', ')}`);
  await installPackages(packages, options.signal);
}

function toolMissing(build: TreeBuild, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-TOOL-MISSING', kind: 'environment', expected: `the tools to build ${build.name} ${build.version} with`, seen,
    next: 'Install them; `./plumbline doctor` looks at this machine.',
  });
}

export interface Jdk {
  readonly home: string;
  /** The JDK's own description of itself: vendor, exact version, architecture. */
  readonly release: string;
}

/** Poms of this repository ask for Java 17. */
const oldestJava = 17;

/**
 * The JDK that jlink belongs to.
 *
 * @throws PlumblineError PL-TOOL-MISSING where there is none, or one that is too old
 */
export async function findJdk(): Promise<Jdk> {
  const jlink = await findProgram('jlink');
  const home = jlink === undefined ? undefined : dirname(dirname(await realpath(jlink)));
  const release = home === undefined ? '' : await readFile(join(home, 'release'), 'utf8').catch(() => '');
  const version = Number(/^JAVA_VERSION="(?<major>\d+)/m.exec(release)?.groups?.['major'] ?? 0);
  if (home !== undefined && version >= oldestJava) return { home, release };
  throw new PlumblineError({
    code: 'PL-TOOL-MISSING', kind: 'environment', expected: `a JDK of version ${oldestJava} or newer to build Java images with`,
    seen: home === undefined ? 'no `jlink` on the PATH' : `version ${version || 'unknown'} in ${home}`,
    next: `Install ${packageOf.jlink}, or what this system calls it.`,
  });
}
