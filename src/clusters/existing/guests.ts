import type { RunContext } from '../../run/context.ts';
import { kubeClient, versionOf } from '../kube-api.ts';
import { addressOf, nameOf, nodesOf, takesPods } from '../nodes.ts';
import type { ClusterSpec, StartedCluster } from '../provider.ts';
import type { Context } from './contexts.ts';
import { checkImages } from './images.ts';
import { placeAt, rememberPlace } from './places.ts';
import { leaveClusters } from './remove.ts';

interface Joined {
  readonly cluster: Promise<StartedCluster>;
  /** How many of the run's clusters it is. */
  clusters: number;
}

/** The clusters that runs are guests of. Several of a platform's clusters may be one: then all of them are the same object. */
export class Guests {
  readonly #joined = new Map<string, Joined>();
  readonly #reportTimeoutMs: number;

  constructor(reportTimeoutMs: number) {
    this.#reportTimeoutMs = reportTimeoutMs;
  }

  /** Makes a run a guest of a context's cluster, if it isn't yet: nothing is made there. */
  async join(spec: ClusterSpec, context: Context, run: RunContext): Promise<StartedCluster> {
    const key = `${run.id} ${placeKey(context)}`;
    const joined = this.#joined.get(key) ?? { cluster: this.#start(spec, context, run, () => this.#leave(key, run.id)), clusters: 0 };
    this.#joined.set(key, joined);
    joined.clusters += 1;
    joined.cluster.catch(() => this.#joined.delete(key));
    return joined.cluster;
  }

  /** The last one to leave takes all of the run's things along. */
  async #leave(key: string, runId: string): Promise<void> {
    const joined = this.#joined.get(key);
    if (!joined) return;
    joined.clusters -= 1;
    if (joined.clusters > 0) return;
    this.#joined.delete(key);
    await leaveClusters(runId, [placeAt((await joined.cluster).kubeconfigPath)]);
  }

  async #start({ name }: ClusterSpec, context: Context, run: RunContext, leave: () => Promise<void>): Promise<StartedCluster> {
    const kubeconfigPath = await rememberPlace(run.dir, run.id, context);
    const client = await kubeClient(kubeconfigPath);
    const [kubernetesVersion, nodes] = await Promise.all([versionOf(client, run.signal), nodesOf(client, run.signal)]);
    return {
      name, provider: 'existing', kubeconfigPath, kubernetesVersion,
      nodes: nodes.filter(takesPods).map((node) => ({ name: nameOf(node), address: addressOf(node) ?? '' })),
      loadImages: (archives) => checkImages({ client, context: context.name, timeoutMs: this.#reportTimeoutMs, signal: run.signal }, archives),
      [Symbol.asyncDispose]: leave,
    };
  }
}

/** Two contexts of one server are one cluster, by whatever names and for whatever users. */
function placeKey({ named: { cluster } }: Context): string {
  return JSON.stringify([cluster.server, cluster['proxy-url'], cluster['certificate-authority-data'], cluster['certificate-authority']]);
}
