import type { KubeClient } from '../clusters/kubernetes.ts';

/** A backend as one tenant sees it, through the API server's proxy. */
export interface AskAs {
  readonly client: KubeClient;
  /** Of the backend. */
  readonly namespace: string;
  /** What is written as X-Scope-OrgID. */
  readonly tenant: string;
}

/** What a reader must know of a flow to find all of it, and where to stop looking. Times in milliseconds since the epoch. */
export interface StoredFlow {
  readonly name: string;
  /** Numbers from 0 to here (excluded) were sent. */
  readonly sent: number;
  readonly spansPerTrace: number;
  readonly firstDataMs: number;
  readonly lastDataMs: number;
}
