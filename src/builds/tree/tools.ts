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

/** Debian's packages with the tools that are missing here, by the tool. */
async function missingPackages(needed: readonly Tool[]): Promise<ReadonlyMap<Tool, string>> {
  const found = await Promise.all(needed.map(findProgram));
  return new Map(needed.filter((_, index) => found[index] === undefined).map((tool) => [tool, packageOf[tool]]));
}

interface Obstacle {
  /** As it follows on "it": what is missing, and what to install. */
  readonly reason: string;
  readonly packages: readonly string[];
  /** A run may install them. */
  readonly installable: boolean;
}

async function obstacleOf(needed: readonly Tool[]): Promise<Obstacle | undefined> {
  const missing = await missingPackages(needed);
  if (missing.size === 0) return undefined;
  const packages = [...new Set(missing.values())];
  const reason = `it is made with ${[...missing.keys()].join(' and ')}: install ${packages.join(' and ')}, or what this system calls them`;
  return { reason, packages, installable: process.getuid?.() === 0 && (await mayInstall()) };
}

/** Why the tools of a build are not all there; undefined where they are. */
export async function toolObstacle(build: TreeBuild): Promise<Obstacle | undefined> {
  return obstacleOf([...new Set(build.parts.flatMap(toolsOf))]);
}

/** What `doctor` says of the tools of all tree builds: nothing where none is missing. */
export async function toolFindings(): Promise<readonly string[]> {
  const obstacle = await obstacleOf(Object.keys(packageOf) as Tool[]);
  if (!obstacle) return [];
  if (obstacle.installable) return [`A run with apps would install ${obstacle.packages.join(', ')}`];
  return [`An image that is no Go program cannot be built: ${obstacle.reason}`];
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
  options.note(`installing ${obstacle.packages.join(', ')}`);
  await installPackages(obstacle.packages, options.signal);
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
