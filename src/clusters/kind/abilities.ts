import { PlumblineError, lastCause } from '../../errors.ts';
import { findProgram } from '../../processes/find.ts';
import type { Abilities } from '../provider.ts';
import type { ProviderSettings } from '../settings.ts';
import { most } from './config.ts';
import { engineProgram } from './engine.ts';
import { kind } from './program.ts';

/** Milliseconds for each of two questions that are asked at the same time; `doctor` may not hang on an engine that does. */
const questionTimeoutMs = 4000;

/** Looks at this machine and changes nothing. */
export async function lookForAbilities({ kindImage, registryPrefix }: ProviderSettings): Promise<Abilities> {
  const obstacles = await obstaclesHere();
  const notes = [
    ...(kindImage === undefined ? [] : [`Nodes have the image ${kindImage}.`]),
    ...(kindImage === undefined && registryPrefix !== undefined ? ['The image of its nodes is pulled past --registry-prefix, unless --kind-image names it there.'] : []),
  ];
  return {
    usable: obstacles.length === 0,
    findings: [...(obstacles.length === 0 ? [await usedHere()] : obstacles), ...notes],
    installable: [],
    nodeMemory: 'none',
    imageArchives: true,
    pullsImages: true,
    ...most,
    ownNodes: true,
    podsReachableFromHost: false,
  };
}

async function obstaclesHere(): Promise<readonly string[]> {
  if ((await findProgram('kind')) === undefined) return ['The program kind is not on the PATH: install it, or take another provider.'];
  // kind asks the engine for its containers: that it answers is that the engine does.
  const thrown: unknown = await kind(['get', 'clusters'], { timeoutMs: questionTimeoutMs }).then(() => undefined, (error: unknown) => error);
  if (thrown === undefined) return [];
  return [`No container engine answers kind: ${why(thrown)}. Start Docker, Podman or nerdctl; where it isn't the first of them, KIND_EXPERIMENTAL_PROVIDER names it.`];
}

function why(thrown: unknown): string {
  if (!(thrown instanceof PlumblineError)) return lastCause(thrown);
  const { seen, lastLines = [] } = thrown.problem;
  return (lastLines.at(-1) ?? seen).replace(/^Command Output: /, '').replace(/[.?]$/, '');
}

async function usedHere(): Promise<string> {
  const [said, engine] = await Promise.all([kind(['version'], { timeoutMs: questionTimeoutMs }), engineProgram()]);
  return `${said.split(' ').slice(0, 2).join(' ')} with ${engine ?? 'an engine of its own choice'}.`;
}
