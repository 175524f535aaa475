import { PlumblineError } from '../../errors.ts';
import type { RunContext } from '../../run/context.ts';
import { runSteps } from '../../run/steps.ts';
import { checkSpec } from '../check-spec.ts';
import { clusterStep } from '../provider.ts';
import type { ClusterProvider } from '../provider.ts';
import { checkRunId } from '../run-id.ts';
import type { ProviderSettings } from '../settings.ts';
import { lookForAbilities, most } from './abilities.ts';
import { findEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { hasImage, nodeImage, pullImage } from './image.ts';
import { findRuns, removeRun } from './remove.ts';

/** k3s in containers, by the testcontainers library: neither Go nor root, but a Docker engine. */
export function k3sProvider(settings: ProviderSettings = {}, readyTimeoutMs = 180_000): ClusterProvider {
  return {
    name: 'k3s',
    abilities: () => lookForAbilities(settings),
    prepare: (context) => prepare(settings, context),
    needs: () => ({ binaries: [], images: [] }),
    create: async (spec, context) => {
      checkSpec(spec, most.nodes);
      const engine = await mustHaveEngine();
      // The container library is large, and only a cluster needs all of it.
      const { createCluster } = await import('./cluster.ts');
      return runSteps(context.emit)('cluster', clusterStep(spec), (step) => createCluster({ spec, context, engine, settings, step, readyTimeoutMs }));
    },
    remove: async (runId) => {
      checkRunId(runId);
      return removeRun(runId);
    },
    findRuns,
  };
}

/** Pulls the nodes' image where the engine lacks it. */
async function prepare(settings: ProviderSettings, { emit }: RunContext): Promise<void> {
  const engine = await mustHaveEngine();
  const image = nodeImage(settings);
  if (await hasImage(engine, image)) return;
  await runSteps(emit)('images', `pull ${image}`, () => pullImage(engine, image));
}

async function mustHaveEngine(): Promise<Engine> {
  const engine = await findEngine();
  if (typeof engine !== 'string') return engine;
  throw new PlumblineError({ code: 'PL-PROVIDER-UNUSABLE', kind: 'environment', expected: 'a Docker engine for the provider k3s', seen: engine, next: '`plumbline doctor` says what each provider needs' });
}
