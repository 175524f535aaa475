import { appMemoryMi, appPods, apps, appsOf, defineClaim, finished, restartApp, startProbe, startSeconds } from '../../helpers/index.ts';
import type { AppName, AppPod, Finding, FlowState, Subject, Variant } from '../../helpers/index.ts';
import { judgeCosts } from './costs.ts';
import type { Cost } from './costs.ts';
import { timing } from './timing.ts';

const variants = ['plain', 'injected'] as const;

export default defineClaim({
  id: 'AI-3',
  area: 'auto-instrumentation',
  claim: 'what injection costs is measured: start, p50 and p99, memory, with agents and without in one run',
  platform: new URL('./costs.yaml', import.meta.url),
  twin: {
    wrong: 'the pods that should have agents are not annotated',
    patch: new URL('./costs.twin.yaml', import.meta.url),
    symptom: /nothing to compare/,
  },
  usualSecondsPerSide: 50,
  check,
});

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const pods = await appPods(platform, signal);
  if (pods.some(({ added }) => added.initContainers.length === 0)) return nothingToCompare(pods);
  const starts = await measureStarts(subject);
  const { latencies, flows } = await measureLatencies(subject);
  const memory = await Promise.all(apps.map(async (app): Promise<Cost> => {
    const [without, withAgent] = await Promise.all(variants.map((variant) => appMemoryMi(platform, app, variant, signal))) as [number, number];
    return { figure: `${app}: memory`, unit: 'MiB', quantile: 0.5, without: [without], with: [withAgent] };
  }));
  return judgeCosts([...starts, ...latencies, ...memory], flows.map((flow) => ({ what: `requests ${flow.name}`, data: { answers: flow.answers, timeline: flow.timeline } })));
}

function nothingToCompare(pods: readonly AppPod[]): Finding {
  const bare = pods.filter(({ added }) => added.initContainers.length === 0).map(({ app }) => app);
  return {
    holds: false, expected: 'agents in one pair of apps and none in the other', observed: `nothing to compare: ${bare.join(' and ')} should have an agent and ${bare.length > 1 ? 'have' : 'has'} none`,
    evidence: [{ what: 'pods', data: pods }],
  };
}

/** Each start alone, with and without in turn. */
async function measureStarts(subject: Subject): Promise<readonly Cost[]> {
  const samples = new Map<string, number[]>();
  const take = async (app: AppName, variant: Variant): Promise<void> => {
    const seconds = await startSeconds(subject.platform, app, variant, subject.signal);
    const key = `${app} ${variant}`;
    if (seconds !== undefined) samples.set(key, [...samples.get(key) ?? [], seconds]);
  };
  for (const app of apps) for (const variant of variants) await take(app, variant);
  for (let round = 0; round < timing.costs.restarts; round += 1) {
    for (const app of apps) for (const variant of variants) {
      await restartApp(subject.platform, app, variant, subject);
      await take(app, variant);
    }
  }
  const of = (app: AppName, variant: Variant): readonly number[] => samples.get(`${app} ${variant}`) ?? [];
  return apps.map((app) => ({ figure: `${app}: start`, unit: 's', quantile: 0.5, without: of(app, 'plain'), with: of(app, 'injected') }));
}

/** Requests to both pairs at the same time, so that whatever else the machine does meets both. */
async function measureLatencies(subject: Subject): Promise<{ readonly latencies: readonly Cost[]; readonly flows: readonly FlowState[] }> {
  const { warmUpSeconds, seconds } = timing.costs;
  await asked(subject, 'warm-up', warmUpSeconds);
  const flows = await asked(subject, 'measured', seconds);
  const [without = [], withAgent = []] = flows.map(({ latencies }) => latencies.filter(([, , , status]) => status === 200).map(([, dueToAnswer]) => dueToAnswer));
  const cost = (figure: string, share: number): Cost => ({ figure: `shop: ${figure}`, unit: 'ms', quantile: share, without, with: withAgent });
  return { latencies: [cost('p50', 0.5), cost('p99', 0.99)], flows };
}

async function asked(subject: Subject, phase: string, seconds: number): Promise<readonly FlowState[]> {
  const { tenant, url, plainUrl } = appsOf(subject.platform);
  const urls = { plain: plainUrl, injected: url };
  return Promise.all(variants.map(async (variant) => {
    const probe = { name: `${subject.platform.tenant}-${variant}-${phase}`, url: `${urls[variant]}/checkout?item=book`, ratePerSecond: timing.costs.requestsPerSecond, seconds, headers: {} };
    return finished(await startProbe(tenant, probe, subject.signal), { ...subject, timeoutMs: (seconds + 20) * 1000 });
  }));
}
