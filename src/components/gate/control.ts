import type { AxiosResponse } from 'axios';
import { KubeApiError, json, statusMessage } from '../../clusters/kube-api.ts';
import type { KubeClient } from '../../clusters/kube-api.ts';
import type { Fault } from './fault.ts';
import { gateControlPort } from './manifests.ts';
import type { GateRecord } from './record.ts';

/** Where a gate's service is; it is asked through the API server's proxy. */
export interface GateAddress {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** Puts a fault in force in place of the one that is. @throws KubeApiError 400 beyond its bounds, 404 for a route that it does not have */
export async function orderFault(gate: GateAddress, route: string, fault: Fault, signal?: AbortSignal): Promise<GateRecord> {
  return ask(gate, 'put', `/routes/${route}/fault`, signal, fault);
}

/** Everything that the gate knows of a route. @throws KubeApiError 404 for a route that it does not have */
export async function routeRecord(gate: GateAddress, route: string, signal?: AbortSignal): Promise<GateRecord> {
  return ask(gate, 'get', `/routes/${route}`, signal);
}

async function ask({ client, namespace }: GateAddress, method: 'get' | 'put', path: string, signal?: AbortSignal, body?: object): Promise<GateRecord> {
  const url = `/api/v1/namespaces/${namespace}/services/gate:${gateControlPort}/proxy${path}`;
  const response: AxiosResponse<string> = await client.http.request<string>({
    method, url,
    ...(body ? { data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
    ...(signal ? { signal } : {}),
  });
  if (response.status >= 300) throw new KubeApiError(response.status, `gate: ${response.status}: ${statusMessage(response).trim()}`);
  return json(response) as GateRecord;
}
