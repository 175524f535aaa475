import { backendMetrics, defineClaim, discards, limitAnswers, limitInForce } from '../../helpers/index.ts';
import type { BackendName, Discard, Evidence, Finding, LimitAnswer, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { limitRows } from './limit-rows.ts';
import type { LimitRow } from './limit-rows.ts';
import { limitLine, truncatedAttributes } from './limit-table.ts';
import { judgeDeliveries, loadBeyond } from './silent-loss-judge.ts';
import { deliver } from './silent-loss-delivery.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-8',
  area: 'tenant-isolation',
  claim: 'a silent loss (2xx with rejected points) is reported as loss',
  platform: new URL('./silent-loss.yaml', import.meta.url),
  twin: {
    wrong: 'judged by the exporter\'s counters alone',
    patch: new URL('./silent-loss.twin.yaml', import.meta.url),
    symptom: /: 0 lost reported, [1-9]\d* missing/,
  },
  usualSecondsPerSide: 15,
  check,
});

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal } = subject;
  const [dev, prod] = platform.tenants;
  if (!dev || !prod) throw new Error('this platform has no two tenants');
  const asked = (tenant: Tenant, limit: string) => limitInForce(platform, tenant, 'mimir', limit, signal);
  const [maxSeries, ...rates] = await Promise.all([asked(dev, 'max_global_series_per_user'), asked(dev, 'ingestion_rate'), asked(prod, 'ingestion_rate')]);
  const load = loadBeyond({ tenant: dev.name, maxSeries: maxSeries ?? 0, samplesPerSecond: Math.min(...rates.map((rate) => rate ?? 0)) });
  if ('skipped' in load) return load;
  // What each limit answers rests on the ledger, so that it is measured on the side that is judged by it, and once a run.
  const measured = platform.spec.judgedBy === 'ledger' ? measureLimits(subject) : [];
  const [over, within, table] = await Promise.all([deliver(subject, dev, load), deliver(subject, prod, load), measured]);
  const finding = judgeDeliveries({ judgedBy: platform.spec.judgedBy, over: over.delivery, within: within.delivery, beyond: load.items - (maxSeries ?? 0) });
  return { ...finding, evidence: [...finding.evidence, ...over.evidence, ...within.evidence, ...table] };
}

/** A row for each limit whose tenant this platform has: with a user's own tenants there are none. */
async function measureLimits(subject: Subject): Promise<readonly Evidence[]> {
  const rows = limitRows.flatMap((row) => {
    const tenant = subject.platform.tenants.find(({ name }) => name === row.tenant);
    return tenant ? [{ row, tenant, backend: row.backend, load: row.load }] : [];
  });
  if (rows.length === 0) return [];
  const answers = await limitAnswers(subject, rows, timing.limitAnswers);
  const counted = await discardsOf(subject, [...new Set(rows.map(({ backend }) => backend))]);
  const lines = rows.map(({ row, tenant }, index) => {
    const own = (counted.get(row.backend) ?? []).filter(({ tenantId }) => tenantId === tenant.id);
    return { row, line: limitLine(row, answers[index] as LimitAnswer, own), answer: answers[index] as LimitAnswer };
  });
  return [
    { what: 'what a limit answers, and what the collector does; stored of what went straight to the backend, and of what it took', shape: 'table', headline: true, data: lines.map(({ line }) => line) },
    { what: 'the same in full', data: lines.map(({ row, answer }) => inFull(row, answer)) },
  ];
}

async function discardsOf({ platform, signal }: Subject, backends: readonly BackendName[]): Promise<ReadonlyMap<BackendName, readonly Discard[]>> {
  const counted = await Promise.all(backends.map(async (name) => [name, await discards(platform, name, signal)] as const));
  const cut = backends.includes('tempo') ? truncatedAttributes(await backendMetrics(platform, 'tempo', signal)) : [];
  return new Map(counted.map(([name, all]) => [name, name === 'tempo' ? [...all, ...cut] : all]));
}

function inFull({ tenant, backend, limit, load }: LimitRow, { direct, directStored, collected, collectedStored, counts, log }: LimitAnswer): object {
  return {
    tenant, backend, limit, load, direct: { answers: direct.answers, partial: direct.partial, stored: directStored },
    collected: { taken: collected.acceptedItems, stored: collectedStored, counts, log },
  };
}
