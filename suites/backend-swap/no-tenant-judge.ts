/** Who finds whose spans. Pure: answers in, finding out. */
import type { Finding } from '../../helpers/index.ts';

/** One tenant's spans, asked for with one set of headers. */
export interface Asked {
  readonly owner: string;
  readonly ownerAsks: boolean;
  /** In words: `X-Scope-OrgID of team-b`, `no header`. */
  readonly header: string;
  readonly sent: number;
  readonly found: number;
  /** Of the answer. */
  readonly status: number;
}

/** Holds where every query finds every span, whatever its headers say: then nothing keeps tenants apart. */
export function judgeWithoutTenants(backend: string, asked: readonly Asked[]): Finding {
  const foreign = asked.filter(({ ownerAsks }) => !ownerAsks);
  const sum = (count: (one: Asked) => number): number => foreign.reduce((all, one) => all + count(one), 0);
  const hidden = foreign.find(({ found, sent }) => found < sent);
  const headers = [...new Set(foreign.map(({ header }) => header))].length;
  return {
    holds: foreign.length > 0 && hidden === undefined,
    expected: `${sum(({ sent }) => sent)} spans found in ${backend} by queries that are not their owner's, with each of ${headers} headers`,
    observed: `${sum(({ found }) => found)} of ${sum(({ sent }) => sent)} foreign spans found in ${backend}`,
    ...(hidden ? { cause: `${hidden.owner}'s spans, asked for with ${hidden.header}: ${hidden.found} of ${hidden.sent}, answer ${hidden.status}` } : {}),
    evidence: [{ what: `${backend}: a tenant's spans by the header of the query`, shape: 'table', headline: true, data: asked.map(({ ownerAsks: _, ...row }) => row) }],
  };
}
