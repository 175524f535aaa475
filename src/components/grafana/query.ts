import type { BackendName } from '../backend.ts';
import { dataSourceUid } from './data-sources.ts';
import { askGrafana } from './session.ts';
import type { GrafanaAnswer, GrafanaSession } from './session.ts';

/** What a panel would show: the status of the query, why it failed, and the texts of what was found. */
export interface PanelResult {
  /** Of the query itself, as the backend answered it through Grafana; 200 with nothing found is a success. */
  readonly status: number;
  /** Empty for a success. */
  readonly error: string;
  /** Metrics: a value for each series; logs: a line each; traces: a trace id each. */
  readonly found: readonly string[];
}

export interface PanelQuery {
  /** Of the data source, not of the data. */
  readonly tenantId: string;
  /** PromQL, LogQL or TraceQL. */
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal?: AbortSignal;
}

/** Lines, or traces, that a panel asks for at most. */
const panelItems = 1000;

/**
 * PromQL at one point of time, as a stat panel asks: `POST /api/ds/query`. `found` has the values as text.
 * Grafana (10.0) shows an answer of Mimir that is no JSON, such as 401 `no org id`, as 200 without data; throughProxy does not.
 */
export async function metricsPanel(session: GrafanaSession, query: PanelQuery): Promise<PanelResult> {
  return framesOf(await dsQuery(session, query, 'mimir', { expr: query.query, instant: true, range: false, format: 'time_series' }), 'number');
}

/** LogQL of log lines, as a logs panel asks: `POST /api/ds/query`. */
export async function logsPanel(session: GrafanaSession, query: PanelQuery): Promise<PanelResult> {
  return framesOf(await dsQuery(session, query, 'loki', { expr: query.query, queryType: 'range', maxLines: panelItems }), 'string');
}

/** TraceQL: in this version the search does not go through ds/query but, from the page, through the data source's proxy. */
export async function tracesPanel(session: GrafanaSession, { tenantId, query, fromMs, toMs, signal }: PanelQuery): Promise<PanelResult> {
  const params = { q: query, limit: panelItems, start: Math.floor(fromMs / 1000), end: Math.ceil(toMs / 1000) };
  const answer = await throughProxy(session, { tenantId, backend: 'tempo', path: '/api/search', params, ...(signal ? { signal } : {}) });
  if (answer.status !== 200) return failed(answer);
  const { traces = [] } = JSON.parse(answer.text) as { traces?: readonly { traceID: string }[] };
  return { status: 200, error: '', found: traces.map(({ traceID }) => traceID) };
}

export interface Proxied {
  readonly tenantId: string;
  readonly backend: BackendName;
  /** Of the backend's API below the data source's URL: `/api/v1/query` for Mimir, `/loki/api/v1/query_range`, `/api/search`. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

/** A GET through the data source's proxy: the backend's own status and text, but for its 401, which becomes 400 `Authentication to data source failed`. */
export async function throughProxy(session: GrafanaSession, { tenantId, backend, path, ...rest }: Proxied): Promise<GrafanaAnswer> {
  return askGrafana(session, { method: 'get', path: `/api/datasources/proxy/uid/${dataSourceUid(tenantId, backend)}${path}`, ...rest });
}

async function dsQuery(session: GrafanaSession, { tenantId, fromMs, toMs, signal }: PanelQuery, backend: BackendName, query: object): Promise<GrafanaAnswer> {
  const queries = [{ refId: 'A', datasource: { uid: dataSourceUid(tenantId, backend) }, intervalMs: 1000, maxDataPoints: panelItems, ...query }];
  const body = { queries, from: String(Math.floor(fromMs)), to: String(Math.ceil(toMs)) };
  return askGrafana(session, { method: 'post', path: '/api/ds/query', body, ...(signal ? { signal } : {}) });
}

interface Frame {
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: string }[] };
  readonly data: { readonly values: readonly (readonly unknown[])[] };
}

interface DsAnswer {
  readonly results?: Readonly<Record<string, { readonly status?: number; readonly error?: string; readonly frames?: readonly Frame[] }>>;
}

/**
 * Values of the fields with that name or type in all frames of ds/query's answer.
 * Exported for its test: the answer's shape is Grafana's.
 */
export function framesOf(answer: GrafanaAnswer, field: string): PanelResult {
  const result = parsed(answer)?.results?.['A'];
  if (!result) return failed(answer);
  if (result.error !== undefined) return { status: result.status ?? answer.status, error: result.error, found: [] };
  const found = (result.frames ?? []).flatMap(({ schema, data }) => {
    const named = schema.fields.findIndex(({ name }) => name === field);
    const index = named >= 0 ? named : schema.fields.findIndex(({ type }) => type === field);
    return index < 0 ? [] : (data.values[index] ?? []).map(String);
  });
  return { status: result.status ?? 200, error: '', found };
}

function parsed({ text }: GrafanaAnswer): DsAnswer | undefined {
  try {
    return JSON.parse(text) as DsAnswer;
  } catch {
    return undefined;
  }
}

function failed({ status, text }: GrafanaAnswer): PanelResult {
  return { status, error: text.slice(0, 500) || `status ${status}`, found: [] };
}
