import { defineClaim, finished, settle, spansFoundAs, startFlow } from '../../helpers/index.ts';
import type { Finding, FlowState, Subject, Tenant } from '../../helpers/index.ts';
import { judgeWithoutTenants } from './no-tenant-judge.ts';
import type { Asked } from './no-tenant-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'BS-2',
  area: 'backend-swap',
  claim: 'what the swap costs: Jaeger\'s OTLP intake knows no tenant, and each tenant finds the others\' traces, whatever header it queries with',
  platform: new URL('./no-tenant.yaml', import.meta.url),
  twin: {
    wrong: 'the backend is Tempo, which keeps tenants apart',
    patch: new URL('./no-tenant.twin.yaml', import.meta.url),
    symptom: /^0 of [1-9]\d* foreign spans found in tempo/,
  },
  usualSecondsPerSide: 12,
  check,
});

const windows = timing.noTenant;

async function check(subject: Subject): Promise<Finding> {
  const { platform } = subject;
  const asked = await Promise.all(platform.tenants.map(async (owner) => askedOf(subject, owner, await sent(subject, owner))));
  return judgeWithoutTenants(platform.jaeger ? 'jaeger' : 'tempo', asked.flat());
}

/** Sends a tenant's spans through its collectors, and waits until it finds them: what nobody finds yet says nothing of strangers. */
async function sent({ platform, signal, note }: Subject, owner: Tenant): Promise<FlowState> {
  const { spans, spansPerTrace, sendSeconds, deliverySeconds } = windows;
  const flow = await startFlow(platform, owner, { name: `${owner.id}-spans`, signal: 'traces', via: 'collector', ratePerSecond: spans, items: spans, spansPerTrace }, signal);
  const state = await finished(flow, { timeoutMs: sendSeconds * 1000, signal, note });
  const { complete } = await settle(`spans of ${owner.name} found by it`, (look) => spansFoundAs(platform, scope(owner.id), state, look),
    ({ found }) => (found >= state.sent ? undefined : `${found} of ${state.sent}`), { timeoutMs: deliverySeconds * 1000, signal, note });
  if (!complete) throw new Error(`${owner.name} does not find its own spans`);
  return state;
}

async function askedOf({ platform, signal }: Subject, owner: Tenant, flow: FlowState): Promise<readonly Asked[]> {
  const others = platform.tenants.filter((one) => one !== owner);
  const ways: readonly { readonly header: string; readonly headers: Readonly<Record<string, string>>; readonly ownerAsks?: boolean }[] = [
    { header: `X-Scope-OrgID of ${owner.name}`, headers: scope(owner.id), ownerAsks: true },
    ...others.map(({ id, name }) => ({ header: `X-Scope-OrgID of ${name}`, headers: scope(id) })),
    // Jaeger's own name for such a header, where it is told to ask for one.
    ...others.map(({ id, name }) => ({ header: `X-Scope-OrgID and x-tenant of ${name}`, headers: { ...scope(id), 'x-tenant': id } })),
    { header: 'X-Scope-OrgID of nobody', headers: scope(`nobody.${platform.tenant}`) },
    { header: 'no header', headers: {} },
  ];
  return Promise.all(ways.map(async ({ header, headers, ownerAsks = false }) => ({
    owner: owner.name, ownerAsks, header, sent: flow.sent, ...await spansFoundAs(platform, headers, flow, signal),
  })));
}

function scope(id: string): Readonly<Record<string, string>> {
  return { 'X-Scope-OrgID': id };
}
