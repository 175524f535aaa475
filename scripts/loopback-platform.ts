import axios from 'axios';
import type { KubeClient } from '../src/clusters/kube-api.ts';
import type { Backend } from '../src/components/backend.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';

/** Base URLs of processes by service name (`sender`, `mimir`, `loki`, `tempo`), and `tempoOtlp` for Tempo's receiver. */
export type Addresses = Readonly<Record<string, string>>;

/** A platform of processes on this machine, without a cluster: enough for flows and the ledger, and for nothing else. */
export function loopbackPlatform(at: Addresses, tenantNames: readonly string[]): Platform {
  const client = proxyingClient(at);
  const backend = (name: string, otlpUrl: string): Backend => ({ client, namespace: 'loopback', url: at[name] ?? '', otlpUrl });
  return {
    // Nothing that is measured here reads the platform's file.
    spec: {} as Platform['spec'],
    runId: 'loopback', client, namespace: 'loopback', tenant: 'loopback',
    mimir: backend('mimir', `${at['mimir']}/otlp`), loki: backend('loki', `${at['loki']}/otlp`), tempo: backend('tempo', at['tempoOtlp'] ?? ''),
    tenants: tenantNames.map((name): Tenant => ({
      name, id: name, taggedAs: name, limits: {}, client, namespace: 'loopback', collectorUrl: at['collector'] ?? '', senderNamespace: 'loopback',
    })),
  };
}

/** Does what the API server's proxy does: `/api/v1/namespaces/n/services/loki:http/proxy/ready` is asked of Loki's address. */
function proxyingClient(at: Addresses): KubeClient {
  const http = axios.create({ timeout: 10_000, proxy: false, responseType: 'text', transformResponse: [], validateStatus: () => true });
  http.interceptors.request.use((request) => {
    const [, name = '', path = ''] = /\/services\/([a-z]+):[^/]+\/proxy(\/.*)/.exec(request.url ?? '') ?? [];
    request.url = `${at[name]}${path}`;
    return request;
  });
  return { server: 'loopback', http };
}
