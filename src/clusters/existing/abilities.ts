import { setTimeout as pause } from 'node:timers/promises';
import { PlumblineError, lastCause } from '../../errors.ts';
import { clientOfContext, get, json } from '../kube-api.ts';
import { nodesOf, takesPods } from '../nodes.ts';
import type { Abilities } from '../provider.ts';
import type { ProviderSettings } from '../settings.ts';
import { contextsOf } from './contexts.ts';
import type { Context } from './contexts.ts';

/** Milliseconds in which a server has to answer. */
const answerTimeoutMs = 5000;

/** From 1.26 on services keep to their own node (internalTrafficPolicy) and pods spread over nodes that take them (nodeTaintsPolicy). */
const oldest = { major: 1, minor: 26 } as const;

/** What a context's cluster is. */
interface Found {
  readonly context: Context;
  readonly version: string;
  /** Nodes that take pods. */
  readonly nodes: number;
}

/** Asks the clusters of the user's contexts what they are, and changes nothing there. */
export async function lookForAbilities(settings: ProviderSettings): Promise<Abilities> {
  try {
    const contexts = await contextsOf(settings);
    const different = [...new Map(contexts.map((one) => [one.name, one])).values()];
    const looked = await Promise.all(different.map((context) => look(context).catch((thrown: unknown) => `Context ${context.name}: ${causeOf(thrown)}.`)));
    const obstacles = looked.flatMap((one) => (typeof one === 'string' ? [one] : obstaclesOf(one)));
    const found = looked.filter((one) => typeof one !== 'string');
    return able({ usable: obstacles.length === 0, findings: [...obstacles, ...found.map(described)], clusters: contexts.length, nodes: Math.min(...found.map(({ nodes }) => nodes)) });
  } catch (thrown) {
    return able({ usable: false, findings: [causeOf(thrown)], clusters: 0, nodes: 0 });
  }
}

function able(found: Pick<Abilities, 'usable' | 'findings' | 'clusters' | 'nodes'>): Abilities {
  return { ...found, installable: [], nodeMemory: 'none', imageArchives: true, pullsImages: true, ownNodes: false, podsReachableFromHost: false };
}

async function look(context: Context): Promise<Found> {
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const asked = (async () => {
    const client = await clientOfContext(context.named, '');
    const { gitVersion } = json(await get(client, '/version', { signal })) as { gitVersion: string };
    return { context, version: gitVersion, nodes: (await nodesOf(client, signal)).filter(takesPods).length };
  })();
  // A plugin that asks for a password hangs without end.
  const late = pause(answerTimeoutMs, undefined, { ref: false }).then(() => { throw new Error(`no answer in ${answerTimeoutMs / 1000} s`); });
  return Promise.race([asked, late]);
}

function obstaclesOf({ context, version, nodes }: Found): readonly string[] {
  const [, major = 0, minor = 0] = /^v?(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  const old = major < oldest.major || (major === oldest.major && minor < oldest.minor);
  return [
    ...(old ? [`Context ${context.name}: Kubernetes ${version} is older than ${oldest.major}.${oldest.minor}, the oldest that is supported.`] : []),
    ...(nodes === 0 ? [`Context ${context.name}: no node takes pods: each is tainted, cordoned or not Ready.`] : []),
  ];
}

function described({ context, version, nodes }: Found): string {
  return `Context ${context.name}: Kubernetes ${version.replace(/^v/, '')} at ${context.named.cluster.server}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'} for pods.`;
}

function causeOf(thrown: unknown): string {
  return thrown instanceof PlumblineError ? `expected ${thrown.problem.expected}, saw ${thrown.problem.seen}; ${thrown.problem.next}` : lastCause(thrown);
}
