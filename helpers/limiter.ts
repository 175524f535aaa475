/** The memory limiter that a tenant's collectors really run with, whoever wrote their configuration. */
import { parse } from 'yaml';
import { get, json } from '../src/clusters/kube-api.ts';
import { typeOf } from '../src/components/collector/user-config.ts';
import type { Tenant } from '../src/platform/platform.ts';

/** memory_limiter's settings under its own names, or that there is none. */
export type Limiter = 'none' | Readonly<Record<string, string | number>>;

interface Configuration {
  readonly processors?: Readonly<Record<string, Readonly<Record<string, string | number>> | null>>;
  readonly service?: { readonly pipelines?: Readonly<Record<string, { readonly processors?: readonly string[] }>> };
}

/** Of the pipeline that takes spans. The collectors are plain objects. */
export async function limiterInForce({ client, namespace }: Tenant, signal: AbortSignal): Promise<Limiter> {
  const { data } = json(await get(client, `/api/v1/namespaces/${namespace}/configmaps/collector`, { signal })) as { data: Record<string, string> };
  const { processors = {}, service } = parse(data['collector.yaml'] ?? '') as Configuration;
  const [, pipeline] = Object.entries(service?.pipelines ?? {}).find(([name]) => typeOf(name) === 'traces') ?? [];
  const name = pipeline?.processors?.find((one) => typeOf(one) === 'memory_limiter');
  return name === undefined ? 'none' : processors[name] ?? {};
}
