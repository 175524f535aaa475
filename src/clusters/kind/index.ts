import { runSteps } from '../../run/steps.ts';
import { clusterStep } from '../provider.ts';
import type { ClusterProvider } from '../provider.ts';
import type { ProviderSettings } from '../settings.ts';
import { checkRunId } from '../run-id.ts';
import { lookForAbilities } from './abilities.ts';
import { createCluster } from './cluster.ts';
import { checkKindSpec } from './config.ts';
import { findRuns, removeRun } from './remove.ts';

/** Kubernetes in containers, by the program kind and the engine that it finds. */
export function kindProvider(settings: ProviderSettings = {}): ClusterProvider {
  return {
    name: 'kind',
    abilities: () => lookForAbilities(settings),
    // kind and its engine are the user's to install.
    prepare: () => Promise.resolve(),
    needs: () => ({ binaries: [], images: [] }),
    create: async (spec, context) => {
      checkKindSpec(spec, context.id);
      return runSteps(context.emit)('cluster', clusterStep(spec), (step) => createCluster(spec, context, settings, step));
    },
    remove: async (runId) => {
      checkRunId(runId);
      return removeRun(runId);
    },
    findRuns,
  };
}
