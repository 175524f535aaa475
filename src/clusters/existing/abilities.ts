import { AxiosError } from 'axios';
import { PlumblineError, lastCause } from '../../errors.ts';
import type { Abilities } from '../provider.ts';
import type { ProviderSettings } from '../settings.ts';
import { contextsOf, differentOf } from './contexts.ts';
import type { Context } from './contexts.ts';
import { look } from './look.ts';
import type { Found } from './look.ts';

/** From 1.26 on services keep to their own node (internalTrafficPolicy) and pods spread over nodes that take them (nodeTaintsPolicy). */
const oldest = { major: 1, minor: 26 } as const;

/** Asks the clusters of the user's contexts what they are, and changes nothing there. */
export async function lookForAbilities(settings: ProviderSettings): Promise<Abilities> {
  try {
    const contexts = await contextsOf(settings);
    return abilitiesOf(contexts.length, await Promise.all(differentOf(contexts).map((context) => look(context).catch((thrown: unknown) => unanswered(context, thrown)))));
  } catch (thrown) {
    return able({ usable: false, findings: [sentenceOf(thrown)], clusters: 0, nodes: 0 });
  }
}

/** @param looked what each different context's cluster is, or what it answered in place of that */
export function abilitiesOf(clusters: number, looked: readonly (Found | string)[]): Abilities {
  const found = looked.filter((one) => typeof one !== 'string');
  const obstacles = looked.flatMap((one) => (typeof one === 'string' ? [one] : obstaclesOf(one)));
  const operators = found.flatMap(({ context, operator }) => (operator === undefined ? [] : [`${operator}, in context ${context.name}`]));
  return able({
    usable: obstacles.length === 0, findings: [...obstacles, ...found.map(described)], clusters, nodes: Math.min(...found.map(({ nodes }) => nodes)),
    ...(operators.length === 0 ? {} : { operatorThere: `one is there already (${operators.join('; ')})` }),
  });
}

function able(found: Pick<Abilities, 'usable' | 'findings' | 'clusters' | 'nodes' | 'operatorThere'>): Abilities {
  return { ...found, installable: [], nodeMemory: 'none', imageArchives: true, pullsImages: true, ownNodes: false, podsReachableFromHost: false };
}

function obstaclesOf({ context, version, nodes }: Found): readonly string[] {
  const [, major = 0, minor = 0] = /^(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  const old = major < oldest.major || (major === oldest.major && minor < oldest.minor);
  return [
    ...(old ? [`Context ${context.name}: Kubernetes ${version} is older than ${oldest.major}.${oldest.minor}, the oldest that is supported.`] : []),
    ...(nodes === 0 ? [`Context ${context.name}: no node takes pods: each is tainted, cordoned or not Ready.`] : []),
  ];
}

function described({ context, version, nodes }: Found): string {
  return `Context ${context.name}: Kubernetes ${version} at ${context.named.cluster.server}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'} for pods.`;
}

function unanswered(context: Context, thrown: unknown): string {
  return `Context ${context.name}: ${context.named.cluster.server} gives no answer that is of use. ${sentenceOf(thrown)}`;
}

function sentenceOf(thrown: unknown): string {
  if (thrown instanceof PlumblineError) return `Needs ${thrown.problem.expected}; saw ${thrown.problem.seen}. ${upper(thrown.problem.next)}${thrown.problem.next.endsWith('.') ? '' : '.'}`;
  // What Node says of several addresses is in the error's code, and nowhere else.
  return `${upper(lastCause(thrown) || (thrown instanceof AxiosError ? thrown.code : undefined) || String(thrown))}.`;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
