import { KubeApiError } from '../clusters/kube-api.ts';
import type { BackendName } from '../components/backend.ts';
import { askBackend } from '../components/backend-ask.ts';
import { answerToWrite, anyQuery, isSuccess } from '../components/backend-probe.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import type { Deployment } from './parts.ts';
import type { Platform, Tenant } from './platform.ts';
import { answerInCluster, reachTimeoutMs } from './reachable.ts';

/** Whether a user's own platform answers at all, and takes the credentials: where it does not, nothing is known of its claims. */

type Asking = Pick<Deployment, 'runId' | 'name' | 'signal' | 'note'>;

/** Milliseconds for a gateway or backend that is restarting just now. */
const answerTimeoutMs = 10_000;

/** Asks every backend as every tenant; one item is written as the first tenant where it is known where writes go. */
export async function backendsAnswer(access: Platform['access'], tenants: readonly Tenant[], asking: Asking): Promise<void> {
  await Promise.all(Object.entries(access).flatMap(([name, one]) => tenants.map(async (tenant, index) => {
    const backend = name as BackendName;
    const as = { access: one, tenant: tenant.id, headers: tenant.headers ?? {} };
    await answered(`${one.name} to answer a query of tenant ${tenant.name} (X-Scope-OrgID ${tenant.id})`, (signal) => askBackend(as, { path: anyQuery[backend], signal }), asking);
    if (index > 0 || one.otlp === undefined) return;
    await answered(`${one.name} to take a write of tenant ${tenant.name} at ${one.otlp}`, async (signal) => {
      const { status, body } = await answerToWrite(as, backend, `${tenant.flowPrefix}-hello`, signal);
      if (!isSuccess({ status })) throw new KubeApiError(status, `${status}: ${body}`);
      return true;
    }, asking);
  })));
}

/** Asks every tenant's collectors from inside their cluster. What they say to a GET, which they have no use for, is no matter. */
export async function collectorsAnswer(tenants: readonly Tenant[], asking: Asking): Promise<void> {
  await Promise.all(tenants.map(async ({ name, client, senderNamespace, collectorUrl, collectorHeaders }, index) => {
    let attempt = 0;
    await answered(`the collector of tenant ${name} at ${collectorUrl} to answer pod sender in ${senderNamespace}`, async (signal) => {
      const flow = `${asking.name}-reach-${index}-${attempt++}`;
      const answer = await answerInCluster({ client, namespace: senderNamespace }, flow, { url: `${collectorUrl}/v1/metrics`, headers: collectorHeaders ?? {} }, signal);
      if (!answer || answer.status === 0) throw new Error(answer?.firstBody ?? 'no answer');
      if (isRefusal(answer.status) || answer.status >= 500) throw new KubeApiError(answer.status, `${answer.status}: ${answer.firstBody}`);
      return true;
    }, asking, reachTimeoutMs);
  }));
}

/** @throws PlumblineError PL-INSTALLED-REFUSED at once, PL-INSTALLED-UNREACHABLE when time is up or another answer would not differ */
async function answered(expected: string, ask: (signal: AbortSignal) => Promise<unknown>, { signal, note }: Asking, timeoutMs = answerTimeoutMs): Promise<void> {
  const error = (code: `PL-${string}`, seen: string, next: string): PlumblineError => new PlumblineError({ code, kind: 'environment', expected, seen, next });
  const unreachable = (seen: string): PlumblineError => error('PL-INSTALLED-UNREACHABLE', seen, 'Mend the address in `platform.installed` of plumbline.config.yaml, or what is there; docs/installed.md says what each has to answer.');
  try {
    await until(expected, async (look) => {
      await ask(look.signal).catch((thrown: unknown) => {
        if (!(thrown instanceof KubeApiError) || thrown.status >= 500 || thrown.status === 429) throw thrown;
        if (isRefusal(thrown.status)) throw error('PL-INSTALLED-REFUSED', thrown.message, 'Mend the headers in `platform.installed` of plumbline.config.yaml, or the variables that they are made from.');
        throw unreachable(thrown.message);
      });
      return true;
    }, { timeoutMs, signal, step: { note } });
  } catch (thrown) {
    throw thrown instanceof PlumblineError && thrown.problem.code === 'PL-WAIT-TIMEOUT' ? unreachable(thrown.problem.seen) : thrown;
  }
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}
