import type { BackendAccess } from './backend-access.ts';

/** A backend as one tenant sees it. */
export interface AskAs {
  readonly access: BackendAccess;
  /** What is written as X-Scope-OrgID; undefined: there is no such header. */
  readonly tenant: string | undefined;
  /** What this tenant's requests have beside it; credentials, as a rule. */
  readonly headers?: Readonly<Record<string, string>>;
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
