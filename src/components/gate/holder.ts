import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

/** What the program takes beside what it holds, MiB: measured 7, doubled. */
const besideMi = 16;

/**
 * A pod that holds memory of one node: what other processes have there. Its request is its limit, so that the kernel's killer comes to
 * it last.
 */
export function holderPod(place: Place, node: string, memoryMiB: number): KubernetesObject {
  // With less of a CPU the first write of all pages takes half a minute.
  const resources = { cpu: '250m', memory: `${memoryMiB + besideMi}Mi` };
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: holderName(node), namespace: place.namespace, labels: labels(place.runId, 'holder') },
    spec: {
      nodeName: node, tolerations: [{ operator: 'Exists' }], automountServiceAccountToken: false, terminationGracePeriodSeconds: 0,
      containers: [{
        name: 'holder', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['hold', String(memoryMiB)],
        resources: { requests: resources, limits: resources },
      }],
    },
  } as KubernetesObject;
}

export function holderName(node: string): string {
  return `holder-${node}`;
}
