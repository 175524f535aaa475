import { dataSourceAnswer, defineClaim, finished, panelOf, settle, startFlow } from '../../helpers/index.ts';
import type { Finding, FlowSignal, FlowState, PanelResult, Subject, Tenant } from '../../helpers/index.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-7',
  area: 'tenant-isolation',
  claim: 'a Grafana data source provisioned for one tenant shows that tenant\'s data and nobody else\'s, through Grafana\'s own API',
  platform: new URL('./data-sources.yaml', import.meta.url),
  twin: {
    wrong: 'header missing on the data sources of one tenant',
    patch: new URL('./data-sources.twin.yaml', import.meta.url),
    symptom: /own panels show nothing.*data source answers 40[01]/s,
  },
  usualSecondsPerSide: 15,
  check,
});

const signals: readonly FlowSignal[] = ['metrics', 'logs', 'traces'];
const windows = timing.dataSources;

/** One panel of one tenant's dashboard, asking for one tenant's data. */
interface Panel {
  readonly viewer: Tenant;
  readonly owner: Tenant;
  readonly flow: FlowState;
  readonly result: PanelResult;
}

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal, note } = subject;
  const sent = await Promise.all(platform.tenants.flatMap((owner) => signals.map(async (kind) => ({ owner, flow: await send(subject, owner, kind) }))));
  const { seen } = await settle('every tenant\'s own panels filled', async (look) => {
    const panels = await allPanels(subject, sent, look);
    return { panels, why: await whyEmpty(subject, panels) };
  }, ({ panels, why }) => {
    const empty = panels.filter(isEmpty);
    // A data source that is refused will not fill.
    return empty[0] && why === '' ? `${empty.length} still empty, e.g. ${empty[0].flow.name}` : undefined;
  }, { timeoutMs: windows.fillSeconds * 1000, signal, note });
  return judge(seen.panels, seen.why);
}

async function send({ platform, signal, note }: Subject, owner: Tenant, kind: FlowSignal): Promise<FlowState> {
  const flow = await startFlow(platform, owner, { name: `${owner.id}-panel-${kind}`, signal: kind, via: 'collector', ratePerSecond: 100, items: windows.itemsPerFlow }, signal);
  return finished(flow, { timeoutMs: windows.sendSeconds * 1000, signal, note });
}

async function allPanels({ platform }: Subject, sent: readonly { owner: Tenant; flow: FlowState }[], signal: AbortSignal): Promise<readonly Panel[]> {
  return Promise.all(platform.tenants.flatMap((viewer) => sent.map(async ({ owner, flow }) => ({ viewer, owner, flow, result: await panelOf(platform, viewer, flow, signal) }))));
}

/** A tenant's own panel that shows nothing. */
function isEmpty({ viewer, owner, result }: Panel): boolean {
  return viewer === owner && result.found.length === 0;
}

/** A panel without data does not say why; the data source's own answer does. Empty where that is a success. */
async function whyEmpty({ platform, signal }: Subject, panels: readonly Panel[]): Promise<string> {
  const empty = panels.find(isEmpty);
  if (!empty) return '';
  const { status, text } = await dataSourceAnswer(platform, empty.viewer, signal);
  return status === 200 ? '' : `; ${empty.viewer.name}'s data source answers ${status}: ${text.slice(0, 200)}`;
}

function judge(panels: readonly Panel[], why: string): Finding {
  const own = panels.filter((one) => one.viewer === one.owner);
  const foreign = panels.filter((one) => one.viewer !== one.owner);
  const empty = own.filter(isEmpty);
  const strange = foreign.filter((one) => one.result.found.length > 0);
  const holds = empty.length === 0 && strange.length === 0;
  const first = strange[0] ? `${strange[0].viewer.name} sees ${strange[0].flow.name}` : `${empty.length} of ${own.length} own panels show nothing, e.g. ${empty[0]?.viewer.name}'s ${empty[0]?.flow.signal}${why}`;
  return {
    holds,
    expected: `${own.length} panels show their own tenant's data, and ${foreign.length} that ask for another tenant's show nothing`,
    observed: `${own.length - empty.length} of ${own.length} panels show their own tenant's data, ${strange.length} of ${foreign.length} another's`,
    ...(holds ? {} : { cause: first }),
    evidence: [{ what: 'panels, asked through Grafana', shape: 'table', data: panels.map(row) }],
  };
}

function row({ viewer, owner, flow, result }: Panel): object {
  return { dashboard: viewer.name, signal: flow.signal, 'data of': owner.name, found: result.found.length, status: result.status, error: result.error.slice(0, 120) };
}
