import { get, getBytes, json } from '../clusters/kube-api.ts';
import type { Ask } from '../clusters/kube-api.ts';
import type { BackendName } from './backend.ts';
import type { AskAs } from './stored-flow.ts';

export interface BackendQuestion {
  /** With its leading slash, without the query. */
  readonly path: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Asks a backend's HTTP API as one tenant, through the API server's proxy; the answer is JSON.
 * @throws KubeApiError with the backend's own answer where it is no success
 */
export async function askBackend(as: AskAs, backend: BackendName, question: BackendQuestion): Promise<unknown> {
  return json(await get(as.client, proxied(as, backend, question), asked(as, question)));
}

/** The same where the answer is no text. */
export async function askBackendBytes(as: AskAs, backend: BackendName, question: BackendQuestion): Promise<Buffer> {
  return getBytes(as.client, proxied(as, backend, question), asked(as, question));
}

function proxied(as: AskAs, backend: BackendName, { path }: BackendQuestion): string {
  return `/api/v1/namespaces/${as.namespace}/services/${backend}:http/proxy${path}`;
}

function asked(as: AskAs, { params = {}, headers = {}, signal }: BackendQuestion): Ask {
  return { params, headers: { ...headers, 'X-Scope-OrgID': as.tenant }, signal };
}

/** Numbers as they come, in 4 bytes each; a query does not say beforehand how many there will be. */
export class Numbers {
  private all = new Uint32Array(1024);
  private length = 0;

  add(item: number): void {
    if (this.length === this.all.length) {
      const larger = new Uint32Array(this.all.length * 2);
      larger.set(this.all);
      this.all = larger;
    }
    this.all[this.length] = item;
    this.length += 1;
  }

  done(): Uint32Array {
    return this.all.slice(0, this.length);
  }
}
