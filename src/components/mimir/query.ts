import { get, json } from '../../clusters/kube-api.ts';
import type { KubeClient } from '../../clusters/kubernetes.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';
import { mimirPort } from './config.ts';

export interface MimirTenant {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly tenant: string;
}

/** One series of a range vector: its labels, and [seconds since the epoch, value as text]. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: readonly RangeSeries[] };
}

/**
 * Asks Mimir for a range vector as one tenant, through the API server's proxy.
 * @param query PromQL of a range vector, e.g. `up[20s]`
 * @throws KubeApiError with Mimir's own answer where it is no success
 */
export async function mimirQuery(mimir: MimirTenant, query: string, atMs: number, signal: AbortSignal): Promise<readonly RangeSeries[]> {
  const path = `/api/v1/namespaces/${mimir.namespace}/services/mimir:${mimirPort}/proxy/prometheus/api/v1/query`;
  const response = await get(mimir.client, path, {
    params: { query, time: (atMs / 1000).toFixed(3) }, headers: { 'X-Scope-OrgID': mimir.tenant }, signal,
  });
  return (json(response) as Answer).data?.result ?? [];
}

/** The ledger's items of a flow that a tenant finds, once for each sample. */
export async function mimirItems(_as: AskAs, flow: StoredFlow, _signal: AbortSignal): Promise<Uint32Array> {
  throw new Error(`not yet: ${flow.name}`);
}
