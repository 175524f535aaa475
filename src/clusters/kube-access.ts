import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import type { AgentOptions } from 'node:https';
import { z } from 'zod';
import type { KubeconfigContext } from './kubeconfig.ts';

/** How requests to one API server are sent: their way, and what proves the user. */
export interface KubeAccess {
  readonly server: string;
  /** Its agents go by a proxy where one is named for the server. */
  readonly proxied: boolean;
  /** Asked before every request, since tokens expire. */
  credentials(): Promise<Credentials>;
}

export interface Credentials {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
}

/** A user who proves itself with a certificate, and all of it inline: what providers here write, and kubeadm. */
const inlineCertificates = z.object({
  cluster: z.strictObject({ server: z.url({ protocol: /^https$/ }), 'certificate-authority-data': z.base64() }),
  user: z.strictObject({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }),
});

/**
 * How a context's server is asked. Most kubeconfigs need no more than this reads; others take the official client, which costs 85 MB
 * of memory and a second to load.
 * @param far the cluster may be beyond a proxy that the environment names; one on this machine's own bridges is not
 */
export async function kubeAccess(context: KubeconfigContext, { far }: { readonly far: boolean }): Promise<KubeAccess> {
  const { server } = context.cluster;
  const proxyEnv = far ? environmentProxy(server) : undefined;
  const inline = inlineCertificates.safeParse(context);
  if (!inline.success) return (await import('./kube-login.ts')).kubeLogin(context, proxyEnv);
  const { cluster, user } = inline.data;
  const [ca, cert, key] = [cluster['certificate-authority-data'], user['client-certificate-data'], user['client-key-data']].map((data) => Buffer.from(data, 'base64'));
  const credentials = { agent: agentFor(server, { ca, cert, key }, proxyEnv), headers: {} };
  return { server, proxied: proxyEnv !== undefined, credentials: async () => credentials };
}

/** Variables as Node's agents take them: HTTPS_PROXY, NO_PROXY and the like. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>;

export function agentFor(server: string, tls: AgentOptions, proxyEnv?: ProxyVariables): HttpAgent {
  const options = { keepAlive: true, ...(proxyEnv ? { proxyEnv } : {}) };
  return server.startsWith('http:') ? new HttpAgent(options) : new Agent({ ...tls, ...options });
}

/** Undefined for a server on this machine, which a proxy elsewhere does not reach, whatever NO_PROXY says: as kubectl has it. */
function environmentProxy(server: string): ProxyVariables | undefined {
  const { hostname } = new URL(server);
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) ? undefined : process.env;
}
