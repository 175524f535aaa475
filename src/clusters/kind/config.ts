import { stringify } from 'yaml';
import { PlumblineError } from '../../errors.ts';
import { checkSpec } from '../check-spec.ts';
import type { ClusterSpec } from '../provider.ts';
import { kindName, longestName } from './names.ts';

/** kind has no bounds of its own; what a machine bears ends far below these. */
export const most = { clusters: 36, nodes: 100 };

/** Every node takes pods, the control plane's too. With one node kind sees to that itself, and fails where there is no taint left to remove. */
const withoutTaint = stringify({ kind: 'InitConfiguration', nodeRegistration: { taints: [] } });

/** The configuration of a cluster as kind reads it: one node with the control plane, the others workers. */
export function kindConfig(spec: ClusterSpec): string {
  const [, ...workers] = spec.nodes;
  const first = { role: 'control-plane', ...(workers.length > 0 ? { kubeadmConfigPatches: [withoutTaint] } : {}) };
  return stringify({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes: [first, ...workers.map(() => ({ role: 'worker' }))] });
}

/** @throws PlumblineError PL-CLUSTER-SPEC for a cluster that kind can't make */
export function checkKindSpec(spec: ClusterSpec, runId: string): void {
  checkSpec(spec, most.nodes);
  const room = longestName - kindName(runId, '').length;
  const limited = spec.nodes.find((node) => node.memoryMiB !== undefined);
  if (spec.name.length > room) throw invalid(`a name of up to ${room} characters`, `\`${spec.name}\``);
  if (limited) throw invalid('nodes without a memory of their own, which kind can\'t give them', `${limited.memoryMiB} MiB for ${limited.name}`);
}

function invalid(expected: string, seen: string): PlumblineError {
  return new PlumblineError({ code: 'PL-CLUSTER-SPEC', kind: 'usage', expected, seen, next: 'Mend the platform file of the claim, or take another provider.' });
}
