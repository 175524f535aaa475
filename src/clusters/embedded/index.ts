import { buildBinary } from '../../builds/binary.ts';
import { buildSource } from '../../images/build-source.ts';
import type { RunContext, Step } from '../../run/context.ts';
import { removeRunFolders } from '../../run/folders.ts';
import { runSteps } from '../../run/steps.ts';
import { checkRunId } from '../run-id.ts';
import { clusterStep } from '../provider.ts';
import type { ClusterProvider } from '../provider.ts';
import { lookForAbilities, prepare } from './abilities.ts';
import { maxNodes } from './addresses.ts';
import { coredns, kube, kubernetesVersion, pause } from './builds.ts';
import { checkSpec } from '../check-spec.ts';
import { createCluster } from './cluster.ts';
import type { CreateOptions, Parts } from './cluster.ts';
import { findRuns, hasNodes, removeRun } from './remove.ts';
import { isRoot, mustBeRoot } from './root.ts';

/** Where a cluster's parts come from. */
export type PartsSource = (context: RunContext, step: Step) => Promise<Parts>;

/** Upstream Kubernetes on this machine, with namespaces for nodes: no Docker, no image registry, but root. */
export function embeddedProvider(parts: PartsSource = builtParts, options: Partial<CreateOptions> = {}): ClusterProvider {
  const waits = { readyTimeoutMs: 180_000, apiServerTimeoutMs: 60_000, ...options };
  return {
    name: 'embedded',
    abilities: lookForAbilities,
    prepare,
    needs: () => ({ binaries: [kube], images: [coredns, pause] }),
    create: async (spec, context) => {
      mustBeRoot();
      checkSpec(spec, maxNodes);
      return runSteps(context.emit)('cluster', clusterStep(spec), async (step) => createCluster(spec, context, await parts(context, step), step, waits));
    },
    remove: async (runId) => {
      checkRunId(runId);
      // Another provider's run may be anybody's, and have processes of its own.
      if (!isRoot() && !(await hasNodes(runId))) return removeRunFolders(runId);
      mustBeRoot();
      return removeRun(runId);
    },
    findRuns,
  };
}

/** The parts as locked modules; built already when a run's plan was followed. */
async function builtParts(context: RunContext, step: Step): Promise<Parts> {
  const images = buildSource();
  // The steps that show these builds are the plan's; here they come from the cache.
  const quiet = { note: step.note, cached: () => undefined };
  const [binary, dns, sandbox] = await Promise.all([
    buildBinary(kube, { signal: context.signal, runId: context.id, step: quiet }), images.provide(coredns, context, quiet), images.provide(pause, context, quiet),
  ]);
  return { kube: binary.path, coredns: dns, pause: sandbox, kubernetesVersion };
}
