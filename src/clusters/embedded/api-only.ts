import { join } from 'node:path';
import type { RunContext } from '../../run/context.ts';
import { cgroupLayout } from './cgroups.ts';
import { apiServerPort, startApiServer } from './control-plane.ts';
import { createCredentials } from './credentials.ts';
import { onOwnGround } from './ground.ts';
import { mustBeRoot } from './root.ts';

/** A Kubernetes API without a cluster behind it. */
export interface StartedApi extends AsyncDisposable {
  readonly kubeconfigPath: string;
  /** A loopback address that is this run's alone, for what asks the API. */
  readonly loopback: string;
  /** Folder of the run's, for files and logs of what asks the API. */
  readonly dir: string;
}

/**
 * Starts etcd and the API server of an embedded cluster and nothing else: objects are kept and watched, and nobody acts on them. No
 * controller takes away pods of nodes that are not there, no scheduler moves them, no kubelet runs them.
 *
 * @param kube path of the multi-call binary of Kubernetes and etcd
 * @param timeoutMs for the API server to be ready
 * @throws PlumblineError PL-NEEDS-ROOT, or with the API server's last lines; then nothing of it is left
 */
export async function createApiOnly(name: string, kube: string, context: RunContext, timeoutMs = 60_000): Promise<StartedApi> {
  mustBeRoot();
  return onOwnGround(name, 0, context, async ({ dir, network: { names, plan }, remove }) => {
    const credentials = await createCredentials(join(dir, 'pki'), `https://${plan.host}:${apiServerPort}`, plan, []);
    await startApiServer({
      names, addresses: plan, pki: credentials.dir, data: join(dir, 'etcd'), logs: join(dir, 'logs'), kube, cgroups: await cgroupLayout(),
      signal: context.signal, timeoutMs,
    });
    // The block of addresses is reserved for this run, and all of 127/8 is loopback.
    return { kubeconfigPath: credentials.adminKubeconfig, loopback: `127.${plan.block}.255.1`, dir, [Symbol.asyncDispose]: remove };
  });
}
