import type { V1Pod } from '@kubernetes/client-node';

/** Begins every annotation that asks for an agent, and names the agent at its end. */
const asking = 'instrumentation.opentelemetry.io/inject-';

/** Begins the name of every init container that brings an agent. */
const bringing = 'opentelemetry-auto-instrumentation-';

/** Agents that a pod asked for and was made without, as its annotations name them: `java`, `nodejs`, `sdk`. */
export function missingAgents({ metadata, spec }: V1Pod): readonly string[] {
  const asked = Object.entries(metadata?.annotations ?? {}).flatMap(([key, value]) => (key.startsWith(asking) && value.toLowerCase() !== 'false' ? [key.slice(asking.length)] : []));
  const brought = (spec?.initContainers ?? []).flatMap(({ name }) => (name.startsWith(bringing) ? [name.slice(bringing.length)] : []));
  // The operator sets these for every agent, and nothing else for `sdk`.
  const told = (spec?.containers ?? []).some(({ env }) => env?.some(({ name }) => name === 'OTEL_EXPORTER_OTLP_ENDPOINT'));
  return asked.filter((agent) => (agent === 'sdk' ? !told : !brought.includes(agent)));
}
