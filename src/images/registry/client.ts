import type { Readable } from 'node:stream';
import axios from 'axios';
import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import { bearerToken, challengeIn } from './challenge.ts';
import { basic, credentialsFor } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { isLoopback } from './place.ts';
import type { RegistryPlace } from './place.ts';
import { connectionTrouble, refused, unreachable } from './trouble.ts';

/** What is asked of a registry: its path below `/v2/`, and what for, as it reads after "expected it to". */
export interface Question {
  /** Or the whole URL that the registry itself has named. */
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each time it is sent. */
  readonly body?: () => string | Readable;
  readonly signal?: AbortSignal | undefined;
  readonly asked: string;
  /** What a token must allow; the registry's challenge may say it otherwise. */
  readonly scope?: string;
  /** Statuses that are no success and yet an answer. */
  readonly also?: readonly number[];
  /** Milliseconds; left out: the client's. */
  readonly timeoutMs?: number;
}

/** Milliseconds. A registry that is reachable answers within a fraction; one that pulls through asks another first. */
const usualTimeoutMs = 5000;

/** A registry by the distribution API (github.com/opencontainers/distribution-spec), as whoever the user says. */
export class RegistryClient {
  readonly place: RegistryPlace;
  /** Of its version of the API, without a slash at the end. */
  readonly url: string;
  readonly #http: AxiosInstance;
  readonly #timeoutMs: number;
  /** Headers that were let in, by scope. */
  readonly #letIn = new Map<string, string>();
  #credentials: Promise<Credentials | undefined> | undefined;

  constructor(place: RegistryPlace, timeoutMs: number = usualTimeoutMs) {
    this.place = place;
    this.url = `${place.plain ? 'http' : 'https'}://${place.host}/v2`;
    this.#timeoutMs = timeoutMs;
    this.#http = axios.create({
      baseURL: `${this.url}/`, headers: { 'User-Agent': 'plumbline' }, responseType: 'text', transformResponse: [],
      validateStatus: () => true, maxBodyLength: Infinity,
      // A proxy of the environment is another machine, where loopback is another registry.
      ...(isLoopback(place.host) ? { proxy: false as const } : {}),
    });
  }

  /**
   * Asks, and where the registry wants to know who asks, tells it and asks again.
   *
   * @throws PlumblineError PL-REGISTRY-UNREACHABLE, PL-REGISTRY-DENIED, PL-REGISTRY-REFUSED with the registry's own message
   */
  async ask(question: Question): Promise<AxiosResponse<string>> {
    const scope = question.scope ?? '';
    const first = await this.#send(question, this.#letIn.get(scope));
    const response = first.status === 401 ? await this.#askAs(question, scope, first) : first;
    if (response.status >= 300 && !question.also?.includes(response.status)) throw refused(this.place, question.asked, response);
    return response;
  }

  async #askAs(question: Question, scope: string, denied: AxiosResponse<string>): Promise<AxiosResponse<string>> {
    const header = await this.#headerFor(String(denied.headers['www-authenticate'] ?? ''), scope);
    if (header === undefined) return denied;
    this.#letIn.set(scope, header);
    return this.#send(question, header);
  }

  async #headerFor(asked: string, scope: string): Promise<string | undefined> {
    const challenge = challengeIn(asked);
    if (challenge === undefined) return undefined;
    this.#credentials ??= credentialsFor(this.place.host);
    const credentials = await this.#credentials;
    if (challenge.scheme === 'basic') return credentials && basic(credentials);
    const token = await this.#reaching(() => bearerToken({ ...challenge, ...(scope === '' ? {} : { scope }) }, credentials, this.#timeoutMs));
    return token === undefined ? undefined : `Bearer ${token}`;
  }

  async #send({ path, method, params, body, headers, signal, timeoutMs = this.#timeoutMs }: Question, authorization: string | undefined): Promise<AxiosResponse<string>> {
    // axios' own timeout does not bound a name lookup.
    const deadline = AbortSignal.timeout(timeoutMs);
    const request: AxiosRequestConfig = {
      url: path, headers: { ...headers, ...(authorization !== undefined && this.#isHere(path) ? { Authorization: authorization } : {}) },
      timeout: timeoutMs, signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      method, ...(params === undefined ? {} : { params }),
      // To follow a redirection, what is sent would be kept in memory.
      ...(body === undefined ? {} : { data: body(), maxRedirects: 0 }),
    };
    return this.#reaching(() => this.#http.request<string>(request), timeoutMs, signal);
  }

  /** A registry may send uploads elsewhere, where nobody is to see who asks. */
  #isHere(path: string): boolean {
    return !/^https?:/.test(path) || new URL(path).host === this.place.host;
  }

  async #reaching<T>(send: () => Promise<T>, timeoutMs = this.#timeoutMs, signal?: AbortSignal): Promise<T> {
    try {
      return await send();
    } catch (thrown) {
      signal?.throwIfAborted();
      throw unreachable(this.place, connectionTrouble(thrown, timeoutMs));
    }
  }
}
