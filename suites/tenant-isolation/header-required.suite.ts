import { backendFor, defineClaim, finished, startFlow, startProbe } from '../../helpers/index.ts';
import type { Finding, Flow, FlowSignal, Subject } from '../../helpers/index.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-2',
  area: 'tenant-isolation',
  claim: 'a write or query without X-Scope-OrgID is refused by Mimir, Loki and Tempo',
  platform: new URL('./header-required.yaml', import.meta.url),
  twin: {
    wrong: 'multi-tenancy off in Loki',
    patch: new URL('./header-required.twin.yaml', import.meta.url),
    symptom: /loki answered a (write|query) without a tenant with 2\d\d/,
  },
  usualSecondsPerSide: 8,
  check,
});

/** How each backend is written to and asked; the query is one that any tenant may ask. */
const backends = [
  { name: 'mimir', signal: 'metrics', query: '/prometheus/api/v1/query?query=vector(1)' },
  { name: 'loki', signal: 'logs', query: '/loki/api/v1/labels' },
  { name: 'tempo', signal: 'traces', query: '/api/search/tags' },
] as const satisfies readonly { name: string; signal: FlowSignal; query: string }[];

interface Answer {
  readonly backend: string;
  readonly asked: 'write' | 'query';
  readonly header: boolean;
  readonly status: number;
  readonly body: string;
}

async function check(subject: Subject): Promise<Finding> {
  const answers = (await Promise.all([true, false].map((header) => askAll(subject, header)))).flat();
  const wrong = answers.filter((one) => (one.header ? !isTaken(one) : !isRefused(one)));
  const right = (header: boolean): number => answers.filter((one) => one.header === header && !wrong.includes(one)).length;
  const others = answers.filter((one) => isRefused(one) && one.status !== 401).map((one) => `${one.backend}'s ${one.asked} with ${one.status}`);
  return {
    holds: wrong.length === 0,
    expected: '3 writes and 3 queries without X-Scope-OrgID refused for that reason, the same ones with it taken',
    observed: `${right(false)} of 6 refused without the header${others.length > 0 ? ` (${others.join(', ')}, the others with 401)` : ''}, ${right(true)} of 6 taken with it`,
    ...(wrong[0] ? { cause: describe(wrong[0]) } : {}),
    evidence: [{ what: 'answers to writes and queries, with and without X-Scope-OrgID', shape: 'table', data: answers }],
  };
}

function isTaken({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** Tempo's OTLP intake answers 503 in place of 401 (2.8), which exporters retry: its words are the same as the others'. */
function isRefused({ status, body }: Answer): boolean {
  return status === 401 || (status >= 400 && /no org id/.test(body));
}

function describe({ backend, asked, header, status, body }: Answer): string {
  return `${backend} answered a ${asked} ${header ? 'with' : 'without'} a tenant with ${status}${body ? `: ${body}` : ''}`;
}

async function askAll(subject: Subject, header: boolean): Promise<readonly Answer[]> {
  const [tenant] = subject.platform.tenants;
  if (!tenant) throw new Error('this platform has no tenants');
  const headers: Record<string, string> = header ? { 'X-Scope-OrgID': tenant.id } : {};
  const name = `${tenant.id}-${header ? 'with' : 'without'}`;
  return Promise.all(backends.flatMap(({ name: backend, signal, query }) => {
    const write = startFlow(subject.platform, tenant, { name: `${name}-${signal}`, signal, via: 'backend', headers, ratePerSecond: 10, items: 1 }, subject.signal);
    const url = `${backendFor(subject.platform, signal).url}${query}`;
    const ask = startProbe(tenant, { name: `${name}-${signal}-query`, url, headers, ratePerSecond: 10, items: 1 }, subject.signal);
    return [answerTo(subject, write, { backend, asked: 'write', header }), answerTo(subject, ask, { backend, asked: 'query', header })];
  }));
}

async function answerTo({ signal, note }: Subject, starting: Promise<Flow>, of: Pick<Answer, 'backend' | 'asked' | 'header'>): Promise<Answer> {
  const { answers } = await finished(await starting, { timeoutMs: timing.headerRequired.answerSeconds * 1000, signal, note });
  return { ...of, status: answers[0]?.status ?? 0, body: answers[0]?.firstBody ?? '' };
}
