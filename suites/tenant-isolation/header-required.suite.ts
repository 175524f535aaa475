import { absenceText, defineClaim, isSuccess, singleAnswers, withoutWrites } from '../../helpers/index.ts';
import type { Finding, SingleAnswer, Subject } from '../../helpers/index.ts';
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
  blackBox: {
    twin: {
      wrong: 'a gateway in front of one backend adds a tenant where none is named',
      patch: new URL('./header-required.gateway.yaml', import.meta.url),
      symptom: /answered a (write|query) without a tenant with 2\d\d/,
    },
  },
  usualSecondsPerSide: 8,
  check,
});

async function check(subject: Subject): Promise<Finding> {
  const answers = (await Promise.all([true, false].map((header) => askAll(subject, header)))).flat();
  const wrong = answers.filter((one) => (one.header ? !isSuccess(one) : !isRefused(one)));
  const of = (header: boolean): string => {
    const asked = answers.filter((one) => one.header === header);
    return `${asked.filter((one) => !wrong.includes(one)).length} of ${asked.length}`;
  };
  const others = answers.filter((one) => isRefused(one) && one.status !== 401).map((one) => `${one.backend}'s ${one.asked} with ${one.status}`);
  return {
    holds: wrong.length === 0,
    expected: `${counted(answers, 'write')} and ${counted(answers, 'query')} without X-Scope-OrgID refused for that reason, the same ones with it taken`,
    observed: `${of(false)} refused without the header${others.length > 0 ? ` (${others.join(', ')}, the others with 401)` : ''}, ${of(true)} taken with it${notAsked(subject)}`,
    ...(wrong[0] ? { cause: describe(wrong[0]) } : {}),
    evidence: [{ what: 'answers to writes and queries, with and without X-Scope-OrgID', shape: 'table', data: answers }],
  };
}

/** Tempo's OTLP intake answers 503 in place of 401 (2.8), which exporters retry: its words are the same as the others'. */
function isRefused({ status, body }: SingleAnswer): boolean {
  return status === 401 || (status >= 400 && /no org id/.test(body));
}

function counted(answers: readonly SingleAnswer[], asked: SingleAnswer['asked']): string {
  const count = answers.filter((one) => one.header && one.asked === asked).length;
  const [one, several] = asked === 'write' ? ['write', 'writes'] : ['query', 'queries'];
  return `${count} ${count === 1 ? one : several}`;
}

function notAsked({ platform }: Subject): string {
  const unwritten = withoutWrites(platform);
  return `${unwritten.length > 0 ? `; nothing is said of writes to ${unwritten.join(' and ')}, for want of \`otlp\`` : ''}${absenceText(platform)}`;
}

function describe({ backend, asked, header, status, body }: SingleAnswer): string {
  return `${backend} answered a ${asked} ${header ? 'with' : 'without'} a tenant with ${status}${body ? `: ${body}` : ''}`;
}

async function askAll({ platform, signal, note }: Subject, header: boolean): Promise<readonly SingleAnswer[]> {
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenants');
  return singleAnswers(platform, tenant, `${tenant.flowPrefix}-${header ? 'with' : 'without'}`, { header, timeoutMs: timing.headerRequired.answerSeconds * 1000, signal, note });
}
