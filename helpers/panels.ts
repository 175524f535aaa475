/** What a dashboard of one tenant shows, asked through Grafana's own API. */
import { logsPanel, metricsPanel, throughProxy, tracesPanel } from '../src/components/grafana/query.ts';
import type { PanelQuery, PanelResult } from '../src/components/grafana/query.ts';
import type { GrafanaSession } from '../src/components/grafana/session.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import type { FlowSignal, FlowState } from './flows.ts';

export type { PanelResult } from '../src/components/grafana/query.ts';

/** A panel for each signal: its query for all of a flow. */
const panels: Readonly<Record<FlowSignal, { show(session: GrafanaSession, query: PanelQuery): Promise<PanelResult>; query(flow: string): string }>> = {
  metrics: { show: metricsPanel, query: (flow) => `count by (flow) (plumbline_ledger_item{flow="${flow}"})` },
  logs: { show: logsPanel, query: (flow) => `{service_name="${flow}"}` },
  traces: { show: tracesPanel, query: (flow) => `{resource.service.name="${flow}"}` },
};

const marginMs = 60_000;

/** A panel of the tenant's dashboard that asks for a flow, whoever sent it. */
export async function panelOf(platform: Platform, tenant: Tenant, flow: FlowState, signal: AbortSignal): Promise<PanelResult> {
  if (flow.signal === 'get') throw new Error(`${flow.name} asks and sends nothing`);
  const { show, query } = panels[flow.signal];
  const window = { fromMs: flow.firstDataMs - marginMs, toMs: Math.max(flow.lastDataMs, Date.now()) + 1000 };
  return show(sessionOf(platform), { tenantId: tenant.id, query: query(flow.name), ...window, signal });
}

/** What a tenant's data source gets from Mimir itself: where a panel shows nothing, this says why. */
export async function dataSourceAnswer(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }> {
  return throughProxy(sessionOf(platform), { tenantId: tenant.id, backend: 'mimir', path: '/api/v1/query', params: { query: 'vector(1)' }, signal });
}

function sessionOf(platform: Platform): GrafanaSession {
  if (!platform.grafana) throw new Error('this platform has no Grafana');
  return platform.grafana;
}
