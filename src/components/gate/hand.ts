import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

/** What a hand does on its node, once: the verbs of fixtures/gate. */
export type Deed =
  /** Ends a container's process with SIGKILL; the id as the kubelet has it, without `containerd://`. */
  | { readonly kind: 'kill'; readonly containerId: string }
  /** Keeps the node from sending anything for at most 30 seconds. */
  | { readonly kind: 'cut'; readonly seconds: number };

/** What it says when it is done, milliseconds since the epoch. */
export interface Killed { readonly pid: number; readonly atMs: number }
export interface Cut { readonly link: string; readonly fromMs: number; readonly toMs: number }

/**
 * A pod on one node that does one deed and ends. It has the one right that its deed needs, over the node's processes or
 * its network. A cut that is itself killed half way is started again by the kubelet and then ends the cut: nobody else could.
 */
export function handPod(place: Place, name: string, node: string, deed: Deed): KubernetesObject {
  const kills = deed.kind === 'kill';
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: place.namespace, labels: labels(place.runId, 'hand') },
    spec: {
      // Without the scheduler, whatever the node's taints are.
      nodeName: node, tolerations: [{ operator: 'Exists' }], restartPolicy: kills ? 'Never' : 'OnFailure',
      automountServiceAccountToken: false, terminationGracePeriodSeconds: 2,
      ...(kills ? { hostPID: true } : { hostNetwork: true }),
      containers: [{
        name: 'hand', image: place.image, imagePullPolicy: 'IfNotPresent',
        args: kills ? ['kill', deed.containerId] : ['cut', String(deed.seconds)],
        securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: [kills ? 'KILL' : 'NET_ADMIN'] } },
        resources: { limits: { memory: '64Mi' } },
      }],
    },
  } as KubernetesObject;
}
