import type { V1Pod } from '@kubernetes/client-node';
import { missingAgents } from '../components/operator/injected.ts';
import { PlumblineError } from '../errors.ts';
import { lastLogLines } from './last-lines.ts';
import { operatorComplaint } from './operator.ts';
import type { Operator } from './operator.ts';
import type { Workload } from './rollout.ts';

/**
 * For `ready`: refuses a pod that asked for an agent and was made without one, as soon as it is there. The API server makes it all the
 * same, and it would get Ready and send nothing.
 */
export function refuseUninjected(operator: Operator | undefined): NonNullable<Workload['refuse']> {
  return async (workload, pods, signal) => {
    for (const pod of pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)) {
      const missing = missingAgents(pod);
      if (missing.length > 0) throw await notInjected(workload, pod, missing, { operator, signal });
    }
  };
}

interface Asking {
  readonly operator: Operator | undefined;
  readonly signal: AbortSignal;
}

async function notInjected({ client, namespace }: Workload, pod: V1Pod, missing: readonly string[], { operator, signal }: Asking): Promise<PlumblineError> {
  const name = pod.metadata?.name ?? '';
  // While a pod is made it has no name yet.
  const complaint = operator && await operatorComplaint(operator, { namespace, name: pod.metadata?.generateName ?? name }, signal);
  const lines = await lastLogLines({ client, namespace }, pod);
  return new PlumblineError({
    code: 'PL-NOT-INJECTED', kind: 'environment',
    expected: `pod ${namespace}/${name} with the agent that its annotation asks for (${missing.join(', ')})`,
    seen: `a pod without it; ${reason(operator, complaint)}`,
    lastLines: lines.length === 0 ? ['the pod has printed nothing yet'] : lines,
    next: 'An Instrumentation has to be in the pod\'s namespace before the pod is made, and the operator has to be there.',
  });
}

function reason(operator: Operator | undefined, complaint: string | undefined): string {
  if (!operator) return 'this platform has no operator';
  return complaint === undefined ? 'the operator says nothing of it: it was not asked while the pod was made' : `the operator: ${complaint}`;
}
