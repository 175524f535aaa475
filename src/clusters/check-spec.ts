import { PlumblineError } from '../errors.ts';
import type { ClusterSpec } from './provider.ts';

/** A kubelet, containerd and the system pods take about this much; below it a node would only ever be out of memory. */
export const leastNodeMiB = 512;

/** RFC 1123: what Kubernetes takes as a node's name, and a host name holds. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws PlumblineError PL-CLUSTER-SPEC for a cluster that can't be made */
export function checkSpec(spec: ClusterSpec, maxNodes: number): void {
  const names = spec.nodes.map((node) => node.name);
  const small = spec.nodes.find((node) => node.memoryMiB !== undefined && node.memoryMiB < leastNodeMiB);
  const wrong = [spec.name, ...names].find((name) => !label.test(name));
  if (wrong !== undefined) throw invalid('names of lower-case letters, digits and dashes', `\`${wrong}\``);
  if (new Set(names).size !== names.length) throw invalid('every node with a name of its own', names.join(', '));
  if (names.length < 1 || names.length > maxNodes) throw invalid(`1 to ${maxNodes} nodes`, String(names.length));
  if (small) throw invalid(`at least ${leastNodeMiB} MiB a node`, `${small.memoryMiB} MiB for ${small.name}`);
}

function invalid(expected: string, seen: string): PlumblineError {
  return new PlumblineError({ code: 'PL-CLUSTER-SPEC', kind: 'usage', expected, seen, next: 'Mend the platform file of the claim.' });
}
