import { join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { runSteps } from '../../run/steps.ts';
import { clusterStep } from '../provider.ts';
import type { ClusterProvider, ClusterSpec, StartedCluster } from '../provider.ts';
import type { ProviderSettings } from '../settings.ts';
import { lookForAbilities } from './abilities.ts';
import { joinCluster } from './cluster.ts';
import { contextsOf } from './contexts.ts';
import type { Context } from './contexts.ts';
import { guestRuns, placesOfRun } from './places.ts';
import { leaveClusters } from './remove.ts';

/** Clusters that are there already, and somebody else's: Plumbline is a guest, and touches nothing that it did not make. */
export function existingProvider(settings: ProviderSettings = {}): ClusterProvider {
  const joined = new Map<string, Promise<StartedCluster>>();
  return {
    name: 'existing',
    abilities: () => lookForAbilities(settings),
    prepare: async () => undefined,
    needs: () => ({ binaries: [], images: [] }),
    create: (spec, context) => runSteps(context.emit)('cluster', clusterStep(spec), async (step) => {
      const place = contextFor(spec, await contextsOf(settings));
      step.note(`joining context ${place.name}`);
      // Several of a platform's clusters may be one: then all of them are the same.
      const key = join(context.dir, place.name);
      const cluster = joined.get(key) ?? joinCluster(spec, place, context);
      joined.set(key, cluster);
      cluster.catch(() => joined.delete(key));
      return cluster;
    }),
    remove: async (runId) => leaveClusters(runId, await placesOfRun(runId)),
    findRuns: guestRuns,
  };
}

function contextFor({ place = 0 }: ClusterSpec, contexts: readonly Context[]): Context {
  const context = contexts[place];
  if (context) return context;
  throw new PlumblineError({
    code: 'PL-CLUSTER-SPEC', kind: 'usage', expected: `a context for cluster ${place + 1} of the platform`, seen: `${contexts.length} in all: ${contexts.map(({ name }) => name).join(', ')}`,
    next: 'Name one for each, or one for several: `--context a,b,b`.',
  });
}
