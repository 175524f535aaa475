import { podLogs, podsOf, proxyGet } from '../clusters/kubernetes.ts';
import { labels, selector } from '../components/labels.ts';
import { unknownLimits } from '../components/limits-recipe.ts';
import type { LimitsByTenant } from '../components/limits-recipe.ts';
import { limitsRecipes } from '../components/limits.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import { readOverrides, writeOverrides } from './overrides.ts';
import type { LimitedBackend } from './overrides.ts';

export interface Watching {
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** Projecting a changed ConfigMap takes the kubelet about a second once its pod is touched, and a reload two; the rest is a busy machine's. */
const inForceTimeoutMs = 60_000;

/**
 * Puts tenants' limits in force beside those of other tenants, in the running backend, and waits until it says that they are.
 * @returns milliseconds from the changed file to the backend's own word
 * @throws PlumblineError PL-LIMIT-UNKNOWN with the nearest right name, PL-LIMIT-REFUSED with the backend's own reason
 */
export async function putLimits(limited: LimitedBackend, changes: LimitsByTenant, watching: Watching): Promise<number> {
  await refuseUnknown(limited, changes, watching.signal);
  const before = (await readOverrides(limited, watching.signal)) ?? {};
  const startedAt = performance.now();
  await writeOverrides(limited, { ...before, ...changes }, watching.signal);
  if (await taken(limited, changes, watching)) return performance.now() - startedAt;
  const reason = await lastWord(limited);
  await restore(limited, before, watching);
  throw new PlumblineError({
    code: 'PL-LIMIT-REFUSED', kind: 'usage', expected: `limits that the running ${limited.name} takes`, seen: reason,
    next: 'Mend the value; the names are right. The backend\'s own documentation says which values a limit takes.',
  });
}

/** Every limit that a running backend takes, by dotted name, with the default in force. */
export async function limitNames(limited: LimitedBackend, signal: AbortSignal): Promise<ReadonlyMap<string, unknown>> {
  const { names, namesPath } = limitsRecipes[limited.name];
  return names(await ask(limited, namesPath, signal));
}

async function refuseUnknown(limited: LimitedBackend, changes: LimitsByTenant, signal: AbortSignal): Promise<void> {
  const known = await limitNames(limited, signal);
  const [unknown] = Object.values(changes).flatMap((limits) => unknownLimits(limits, known));
  if (!unknown) return;
  throw new PlumblineError({
    code: 'PL-LIMIT-UNKNOWN', kind: 'usage', expected: `a limit that the running ${limited.name} knows`, seen: unknown.name,
    next: unknown.meant === undefined ? `it knows ${[...known.keys()].join(', ')}` : `did you mean ${unknown.meant}?`,
  });
}

/** Waits until the backend says that the limits are in force, or that it has refused the file: then false. */
async function taken(limited: LimitedBackend, changes: LimitsByTenant, { signal, note }: Watching): Promise<boolean> {
  const { inForce, statePath } = limitsRecipes[limited.name];
  return until(`${limited.name}'s limits of ${Object.keys(changes).join(', ')} in force`, async ({ saw, signal: look }) => {
    const state = await ask(limited, statePath, look);
    const waiting = Object.entries(changes).find(([tenant, limits]) => !inForce(state, tenant, limits));
    if (!waiting) return true;
    saw(`not those of ${waiting[0]} yet`);
    return (await hasRefused(limited, look)) ? false : undefined;
  }, { timeoutMs: inForceTimeoutMs, signal, step: { note } });
}

/** What was refused must not stay: the backend would not start again with it, and the next change would be taken for refused, too. */
async function restore(limited: LimitedBackend, before: LimitsByTenant, { signal, note }: Watching): Promise<void> {
  await writeOverrides(limited, before, signal);
  await until(`${limited.name} taking what was there before`, async (look) => ((await hasRefused(limited, look.signal)) ? undefined : true), {
    timeoutMs: inForceTimeoutMs, signal, step: { note },
  });
}

async function hasRefused(limited: LimitedBackend, signal: AbortSignal): Promise<boolean> {
  const { lastReloadFailed, metricsPath } = limitsRecipes[limited.name];
  return lastReloadFailed(await ask(limited, metricsPath, signal));
}

/** What the backend logged of its overrides file last. */
async function lastWord({ name, backend, runId }: LimitedBackend): Promise<string> {
  const [pod] = await podsOf(backend.client, backend.namespace, selector(labels(runId, name)));
  const log = await podLogs(backend.client, backend.namespace, pod?.metadata?.name ?? '');
  const line = log.split('\n').findLast((one) => /failed to load config|runtime config/.test(one) && one.includes('err='));
  return line?.replace(/^.*?err="?(.*?)"?$/, '$1') ?? 'the overrides file was refused, and the log does not say why';
}

function ask({ name, backend }: LimitedBackend, path: string, signal: AbortSignal): Promise<string> {
  return proxyGet(backend.client, backend.namespace, 'service', name, 'http', path, signal);
}
