import type { V1Node } from '@kubernetes/client-node';
import { PlumblineError } from '../../errors.ts';
import type { ImageArchive } from '../../images/source.ts';
import { until } from '../../run/wait.ts';
import type { KubeClient } from '../kube-api.ts';
import { nameOf, nodesOf, takesPods } from '../nodes.ts';

/** nodeStatusMaxImages of a kubelet by default: of a full list nothing follows for what is not in it. */
const reportedAtMost = 50;

interface Checked {
  readonly client: KubeClient;
  /** For a person. */
  readonly context: string;
  /** Until what was imported just now has to be reported. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Missing {
  readonly archive: ImageArchive;
  readonly nodes: readonly string[];
}

/**
 * Images reach the nodes of somebody else's cluster by its owner's hand only: waits until the kubelets report them.
 *
 * @throws PlumblineError PL-IMAGES-NOT-THERE with the images, the nodes that lack them, and what to do
 */
export async function checkImages({ client, context, timeoutMs, signal }: Checked, archives: readonly ImageArchive[]): Promise<void> {
  let missing: readonly Missing[] = [];
  await until(`the images on every node of ${context}`, async (look) => {
    missing = missingOn((await nodesOf(client, look.signal)).filter(takesPods), archives);
    look.saw(missing.map(({ archive, nodes }) => `${archive.reference} is not on ${nodes.join(', ')}`).join('; '));
    return missing.length === 0 ? true : undefined;
  }, { timeoutMs, intervalMs: 1000, signal }).catch((thrown: unknown) => {
    throw missing.length === 0 ? thrown : notThere(context, missing, thrown);
  });
}

/** The archives that a node does not report, though it would. */
export function missingOn(nodes: readonly V1Node[], archives: readonly ImageArchive[]): readonly Missing[] {
  return archives.flatMap((archive) => {
    const lacking = nodes.filter(({ status }) => {
      const images = status?.images ?? [];
      return images.length < reportedAtMost && !images.some(({ names }) => names?.includes(archive.reference));
    });
    return lacking.length === 0 ? [] : [{ archive, nodes: lacking.map(nameOf) }];
  });
}

function notThere(context: string, missing: readonly Missing[], cause: unknown): PlumblineError {
  const list = missing.map(({ archive, nodes }) => `${archive.reference} is not on ${nodes.join(', ')}`).join('; ');
  return new PlumblineError({
    code: 'PL-IMAGES-NOT-THERE', kind: 'environment', expected: `the images on every node of context ${context}`, seen: list,
    next: `Let the nodes pull them: \`--push-to REGISTRY\` pushes what is built here to one of yours, \`--images registry\` takes official ones. Or import the archives on each node: ${missing
      .map(({ archive }) => `ctr -n k8s.io images import ${archive.path}`).join('; ')}`,
    cause,
  });
}
