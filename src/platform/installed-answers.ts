import { KubeApiError } from '../clusters/kube-api.ts';
import type { BackendName } from '../components/backend.ts';
import { askBackend } from '../components/backend-ask.ts';
import { anyQuery, isSuccess, signalOf } from '../components/backend-probe.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import type { Deployment } from './parts.ts';
import type { Platform, Tenant } from './platform.ts';
import { answerInCluster, reachTimeoutMs } from './reachable.ts';

/** Whether a user's own platform answers at all, and takes the credentials: where it does not, nothing is known of its claims. */

type Asking = Pick<Deployment, 'signal' | 'note'>;
type Ways = Pick<Platform, 'access' | 'intakes'>;

/** Milliseconds for a gateway or backend that is restarting just now. */
const answerTimeoutMs = 10_000;

/** Asks every backend as every tenant, from here. */
export async function backendsAnswer({ access }: Ways, tenants: readonly Tenant[], asking: Asking): Promise<void> {
  await Promise.all(Object.entries(access).flatMap(([name, one]) => tenants.map(async ({ name: tenant, id, headers = {} }) =>
    answered(`${one.name} to answer a query of tenant ${tenant} (X-Scope-OrgID ${id})`, (signal) => askBackend({ access: one, tenant: id, headers }, { path: anyQuery[name as BackendName], signal }), asking))));
}

/** Has the senders ask every tenant's collectors, whose word on a GET is no matter, and write an item to each backend as the first tenant. */
export async function intakesAnswer({ intakes }: Ways, tenants: readonly Tenant[], asking: Asking): Promise<void> {
  const [first] = tenants;
  await Promise.all([
    ...tenants.map((tenant) => {
      const order = { name: `${tenant.flowPrefix}-reach`, signal: 'get', url: `${tenant.collectorUrl}/v1/metrics`, headers: tenant.collectorHeaders ?? {} } as const;
      return toSender(`the collector of tenant ${tenant.name} at ${tenant.collectorUrl} to answer a pod`, tenant, order, asking, (status) => status < 500);
    }),
    ...Object.entries(intakes).flatMap(([name, { name: shown, url, headers }]) => {
      if (!first) return [];
      const signal = signalOf[name as BackendName];
      const order = { name: `${first.flowPrefix}-hi-${signal}`, signal, url: `${url}/v1/${signal}`, headers: { ...headers, ...first.headers, 'X-Scope-OrgID': first.id } };
      return [toSender(`${shown} to take a write of tenant ${first.name} (X-Scope-OrgID ${first.id}) from a pod`, first, order, asking, (status) => isSuccess({ status }))];
    }),
  ]);
}

async function toSender(expected: string, { client, senderNamespace }: Tenant, order: Parameters<typeof answerInCluster>[1], asking: Asking, isTaken: (status: number) => boolean): Promise<void> {
  let attempt = 0;
  await answered(expected, async (signal) => {
    const answer = await answerInCluster({ client, namespace: senderNamespace }, { ...order, name: `${order.name}-${attempt++}` }, signal);
    if (!answer || answer.status === 0) throw new Error(answer?.firstBody ?? 'no answer');
    if (isRefusal(answer.status) || !isTaken(answer.status)) throw new KubeApiError(answer.status, `${answer.status}: ${answer.firstBody}`);
  }, asking, reachTimeoutMs);
}

/** @throws PlumblineError PL-INSTALLED-REFUSED at once, PL-INSTALLED-UNREACHABLE when time is up or another answer would not differ */
async function answered(expected: string, ask: (signal: AbortSignal) => Promise<unknown>, { signal, note }: Asking, timeoutMs = answerTimeoutMs): Promise<void> {
  const error = (code: `PL-${string}`, seen: string, next: string): PlumblineError => new PlumblineError({ code, kind: 'environment', expected, seen, next });
  const unreachable = (seen: string): PlumblineError => error('PL-INSTALLED-UNREACHABLE', seen, 'Mend the address in `platform.installed` of plumbline.config.yaml, or what is there; docs/installed.md says what each has to answer.');
  try {
    await until(expected, async (look) => {
      await ask(look.signal).catch((thrown: unknown) => {
        if (!(thrown instanceof KubeApiError) || thrown.status >= 500 || thrown.status === 429) throw thrown;
        if (isRefusal(thrown.status)) throw error('PL-INSTALLED-REFUSED', thrown.message, 'Mend the headers in `platform.installed` of plumbline.config.yaml, or the variables that they are made from. A service is asked through the API server, which hands no Authorization on: one that wants it has to be named by its address outside of the cluster.');
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
