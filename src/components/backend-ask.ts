import { get, getBytes, json } from '../clusters/kube-api.ts';
import type { Ask } from '../clusters/kube-api.ts';
import type { AskAs } from './stored-flow.ts';

export interface BackendQuestion {
  /** Below the base of its query API, with its leading slash, without the query. */
  readonly path: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Asks a backend's HTTP API as one tenant; the answer is JSON.
 * @throws KubeApiError with the backend's own answer where it is no success
 */
export async function askBackend(as: AskAs, question: BackendQuestion): Promise<unknown> {
  return json(await get(as.access, `${as.access.base}${question.path}`, asked(as, question)));
}

/** The same where the answer is no text. */
export async function askBackendBytes(as: AskAs, question: BackendQuestion): Promise<Buffer> {
  return getBytes(as.access, `${as.access.base}${question.path}`, asked(as, question));
}

function asked(as: AskAs, { params = {}, headers = {}, signal }: BackendQuestion): Ask {
  return { params, headers: { ...headersOf(as), ...headers }, signal };
}

/** What a request has for being this tenant's: the backend's own headers, the tenant's on top, and X-Scope-OrgID unless there is no tenant. */
export function headersOf({ access, headers, tenant }: AskAs): Record<string, string> {
  const own = Object.entries({ ...access.headers, ...headers }).filter(([name]) => !access.withoutAuthorization || name.toLowerCase() !== 'authorization');
  return { ...Object.fromEntries(own), ...(tenant === undefined ? {} : { 'X-Scope-OrgID': tenant }) };
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
