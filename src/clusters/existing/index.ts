import { PlumblineError } from '../../errors.ts';
import { runSteps } from '../../run/steps.ts';
import { clientOfContext } from '../kube-api.ts';
import { clusterStep } from '../provider.ts';
import type { ClusterProvider, ClusterSpec } from '../provider.ts';
import { missingRights } from '../rights.ts';
import { checkRunId } from '../run-id.ts';
import type { ProviderSettings } from '../settings.ts';
import { lookForAbilities } from './abilities.ts';
import { contextsOf, differentOf } from './contexts.ts';
import type { Context } from './contexts.ts';
import { Guests } from './guests.ts';
import { forgetPlaces, guestRuns, placeOf, placesOfRun } from './places.ts';
import { leaveClusters, runsIn } from './remove.ts';

/**
 * Clusters that are there already, and somebody else's: Plumbline is a guest, and touches nothing that it did not make.
 * @param reportTimeoutMs until a kubelet has to have reported an image that its node has: it looks every 30 s, and reports within 10
 */
export function existingProvider(settings: ProviderSettings = {}, reportTimeoutMs = 45_000): ClusterProvider {
  const guests = new Guests(reportTimeoutMs);
  const foundElsewhere = new Set<string>();
  return {
    name: 'existing',
    abilities: () => lookForAbilities(settings),
    prepare: async () => undefined,
    needs: () => ({ binaries: [], images: [] }),
    missingRights: async (needed, runId) => {
      const different = differentOf(await contextsOf(settings));
      const missing = await Promise.all(different.map(async ({ name, named }) =>
        (await missingRights(await clientOfContext(named, runId), needed, runId)).map((line) => `context ${name}: ${line}`)));
      return missing.flat();
    },
    create: (spec, run) => runSteps(run.emit)('cluster', clusterStep(spec, 'existing'), async ({ note }) => {
      const context = contextFor(spec, await contextsOf(settings));
      note(`context ${context.name}`);
      return guests.join(spec, context, run);
    }),
    remove: async (runId) => {
      checkRunId(runId);
      const removed = await leaveClusters(runId, await placesOfRun(runId, await namedContexts(settings)));
      await forgetPlaces(runId);
      return removed;
    },
    findRuns: async () => {
      const named = await namedContexts(settings);
      const [here, ...there] = await Promise.all([guestRuns(), ...named.map((context) => runsIn(placeOf(context, '')))]);
      for (const id of there.flat()) if (!here.includes(id)) foundElsewhere.add(id);
      return [...new Set([...here, ...there.flat()])];
    },
    isElsewhere: (runId) => foundElsewhere.has(runId),
  };
}

/** Without a word of the user's, nobody's clusters are asked: only those that runs remember. */
async function namedContexts(settings: ProviderSettings): Promise<readonly Context[]> {
  return settings.kubeconfig === undefined && settings.contexts === undefined ? [] : contextsOf(settings);
}

function contextFor({ place = 0 }: ClusterSpec, contexts: readonly Context[]): Context {
  const context = contexts[place];
  if (context) return context;
  throw new PlumblineError({
    code: 'PL-CLUSTER-SPEC', kind: 'usage', expected: `a context for cluster ${place + 1} of the platform`, seen: `${contexts.length} in all: ${contexts.map(({ name }) => name).join(', ')}`,
    next: 'Name one for each, or one for several: `--context a,b,b`.',
  });
}
