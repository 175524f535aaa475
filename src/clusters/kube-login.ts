import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { PlumblineError, lastCause } from '../errors.ts';
import { agentFor } from './kube-access.ts';
import type { Credentials, KubeAccess, ProxyVariables } from './kube-access.ts';
import type { KubeconfigContext } from './kubeconfig.ts';

/** Users who prove themselves by tokens, programs or files: the official client reads them, and renews what expires. Loaded late. */

/** @param proxyEnv of the environment; a proxy that the kubeconfig names comes first */
export function kubeLogin({ cluster, user }: KubeconfigContext, proxyEnv: ProxyVariables | undefined): KubeAccess {
  const config = officialConfig({ cluster, user });
  const named = cluster['proxy-url'];
  const proxies = typeof named === 'string' ? { HTTP_PROXY: named, HTTPS_PROXY: named } : proxyEnv;
  const socks = typeof named === 'string' && named.startsWith('socks');
  let last: { readonly content: string; readonly agent: Credentials['agent'] } | undefined;
  return { server: cluster.server, proxied: proxies !== undefined && !socks, credentials: async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options).catch((cause: unknown) => { throw loginFailed(user, cause); });
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const content = [cert, key, ca].map(String).join();
    // A certificate that was renewed needs connections of its own.
    if (last?.content !== content) {
      const tls = Object.fromEntries(Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined));
      last = { content, agent: socks ? options.agent as Credentials['agent'] : agentFor(cluster.server, tls, proxies) };
    }
    return { agent: last.agent, headers: { ...await ownHeaders(user, options.auth), ...(options.headers as Record<string, string> | undefined) } };
  } };
}

function officialConfig({ cluster, user }: KubeconfigContext): KubeConfig {
  const config = new KubeConfig();
  const only = 'only';
  // It takes plain HTTP, e.g. of `kubectl proxy`, only where nothing is to be verified.
  const read = cluster.server.startsWith('http:') ? { ...cluster, 'insecure-skip-tls-verify': true } : cluster;
  config.loadFromString(JSON.stringify({
    clusters: [{ name: only, cluster: read }], users: [{ name: only, user: withPluginsEnv(user) }],
    contexts: [{ name: only, context: { cluster: only, user: only } }], 'current-context': only,
  }));
  return config;
}

interface Plugin {
  readonly command?: string;
  readonly apiVersion?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
}

/** Plugins are told the API version that they are to answer with, and that nobody is there to be asked; the client leaves that out. */
function withPluginsEnv(user: KubeconfigContext['user']): object {
  const plugin = user['exec'] as Plugin | undefined;
  if (!plugin) return user;
  const info = { apiVersion: plugin.apiVersion ?? 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec: { interactive: false } };
  return { ...user, exec: { ...plugin, env: [...(plugin.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] } };
}

/** What the client passes over: a token in a file as kubectl names it, groups of an impersonated user; and a password, which it gives apart. */
async function ownHeaders({ tokenFile, 'as-groups': groups }: KubeconfigContext['user'], password: string | null | undefined): Promise<Record<string, string>> {
  return {
    ...(typeof tokenFile === 'string' ? { Authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` } : {}),
    ...(typeof password === 'string' ? { Authorization: `Basic ${Buffer.from(password).toString('base64')}` } : {}),
    // Several values of one header: Node takes an array, which the type of plain headers does not say.
    ...(Array.isArray(groups) ? { 'Impersonate-Group': groups as unknown as string } : {}),
  };
}

function loginFailed(user: KubeconfigContext['user'], cause: unknown): PlumblineError {
  const command = (user['exec'] as Plugin | undefined)?.command;
  return new PlumblineError({
    code: 'PL-LOGIN-FAILED', kind: 'environment', expected: command === undefined ? 'the credentials that the kubeconfig names' : `\`${command}\` to give credentials`,
    seen: lastCause(cause).trim() || 'an end without a word', next: '`kubectl get nodes` with the same kubeconfig and context has to work first.', cause,
  });
}
