import { KubeApiError, statusMessage } from '../../clusters/kube-api.ts';
import type { KubeClient } from '../../clusters/kube-api.ts';
import { grafanaAdmin, grafanaPort } from './config.ts';

/** Where a Grafana is; it is asked through the API server's proxy. */
export interface GrafanaPlace {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** A Grafana in which somebody is logged in. */
export interface GrafanaSession extends GrafanaPlace {
  readonly cookie: string;
}

/** What Grafana answered, whatever its status. */
export interface GrafanaAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Logs in as the admin. It has to be a cookie: the API server takes the Authorization header for its own and passes none on.
 * @throws KubeApiError for a wrong password (401), or a Grafana that does not answer
 */
export async function grafanaLogin(grafana: GrafanaPlace, password: string, signal?: AbortSignal): Promise<GrafanaSession> {
  const response = await request(grafana, { method: 'post', path: '/login', body: { user: grafanaAdmin, password }, ...(signal ? { signal } : {}) });
  const cookies = response.headers['set-cookie'] ?? [];
  const cookie = cookies.map((one) => one.split(';', 1)[0]).find((one) => one?.startsWith('grafana_session='));
  if (response.status >= 300 || cookie === undefined) throw new KubeApiError(response.status, `grafana: login: ${response.status}: ${statusMessage(response)}`);
  return { ...grafana, cookie };
}

/**
 * Makes a running Grafana read its provisioned data sources again. The file must have reached the pod: a ConfigMap that was
 * changed just now has not, which shows in hasDataSource.
 * @throws KubeApiError with Grafana's sentence for a file that it refuses
 */
export async function reloadDataSources(session: GrafanaSession, signal?: AbortSignal): Promise<void> {
  const { status, text } = await askGrafana(session, { method: 'post', path: '/api/admin/provisioning/datasources/reload', ...(signal ? { signal } : {}) });
  if (status >= 300) throw new KubeApiError(status, `grafana: reload of data sources: ${status}: ${text.slice(0, 500)}`);
}

/** Whether Grafana has a data source by that uid. */
export async function hasDataSource(session: GrafanaSession, uid: string, signal?: AbortSignal): Promise<boolean> {
  return (await askGrafana(session, { method: 'get', path: `/api/datasources/uid/${uid}`, ...(signal ? { signal } : {}) })).status === 200;
}

export interface GrafanaRequest {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** Asks Grafana's API and answers every status. @throws Error where the API server is not reached */
export async function askGrafana(session: GrafanaSession, ask: GrafanaRequest): Promise<GrafanaAnswer> {
  const { status, data } = await request(session, ask, { Cookie: session.cookie });
  return { status, text: data };
}

async function request({ client, namespace }: GrafanaPlace, { method, path, params, body, signal }: GrafanaRequest, headers: Record<string, string> = {}) {
  return client.http.request<string>({
    method, url: `/api/v1/namespaces/${namespace}/services/grafana:${grafanaPort}/proxy${path}`,
    headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(params ? { params } : {}), ...(body ? { data: JSON.stringify(body) } : {}), ...(signal ? { signal } : {}),
  });
}
