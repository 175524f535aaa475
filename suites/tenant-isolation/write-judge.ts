/** Whether limits of Loki and Tempo held, and for whom. Pure: counts in, finding out. */
import type { Discard, Evidence, Reckoning } from '../../helpers/index.ts';
import type { WriteLimit } from './write-loads.ts';

/** What became of the first tenant's items beyond one limit. */
export interface LimitAccount {
  readonly limit: WriteLimit;
  readonly value: number;
  /** Items that the limit lets through in the time that it took. */
  readonly allowed: number;
  readonly reckoning: Reckoning;
  /** Of the answers: `429`. */
  readonly statuses: string;
  readonly message: string;
}

/** A flow of a tenant that must not notice. */
export interface SteadyAccount {
  readonly tenant: string;
  readonly signal: string;
  readonly reckoning: Reckoning;
}

export interface WriteAccounts {
  readonly tenant: { readonly name: string; readonly id: string };
  readonly limits: readonly LimitAccount[];
  readonly steady: readonly SteadyAccount[];
  /** Of all tenants of this platform. */
  readonly discards: Readonly<Record<string, readonly Discard[]>>;
}

export interface WriteFinding {
  readonly holds: boolean;
  readonly expected: string;
  readonly observed: string;
  readonly cause?: string;
  readonly evidence: readonly Evidence[];
}

export function judgeWrites(accounts: WriteAccounts): WriteFinding {
  const { tenant, limits, steady } = accounts;
  const offences = [...limits.flatMap((one) => offenceOf(one, accounts)), ...steady.flatMap(steadyOffence), ...strangersDiscards(accounts)];
  const notTaken = total(steady, 'sent') - total(steady, 'acknowledged');
  const sums = { sent: total(steady, 'sent'), lost: total(steady, 'lost') + notTaken, foreign: total(steady, 'foreign') };
  return {
    holds: offences.length === 0,
    expected: `${tenant.name} is held to ${limits.map(({ limit, value }) => `${limit.backend}'s ${limit.name} of ${value}`).join(', ')}, `
      + 'each with its reason counted in its name only; the others lose nothing',
    observed: `${tenant.name}: ${limits.map(limitText).join(', ')}; `
      + `the others lost ${sums.lost} of ${sums.sent}, ${sums.foreign} of it found by somebody else`,
    ...(offences[0] === undefined ? {} : { cause: offences[0] }),
    evidence: [
      { what: `${tenant.name} beyond its limits`, shape: 'table', data: limits.map((one) => limitRow(one, accounts)) },
      { what: 'the others meanwhile, by way of their collectors', shape: 'table', data: steady.map(steadyRow) },
      { what: 'first refusals', data: limits.map(({ limit, message }) => `${limit.backend}, ${limit.name}: ${message || 'none'}`) },
      { what: 'offences', data: offences },
    ],
  };
}

function steadyRow({ tenant, signal, reckoning: { sent, acknowledged, stored, lost, foreign, late } }: SteadyAccount): object {
  return { tenant, signal, sent, acknowledged, stored, lost, foreign, late };
}

function limitText({ limit, reckoning: { sent, stored } }: LimitAccount): string {
  return `${stored} of ${sent} stored at ${limit.backend}'s ${limit.name}`;
}

function limitRow(account: LimitAccount, accounts: WriteAccounts): object {
  const { limit, value, allowed, reckoning: { sent, refused, lost, stored }, statuses } = account;
  const reason = `${limit.reason} ${counted(limit, accounts)}`;
  return { backend: limit.backend, limit: limit.name, value, sent, allowed, stored, refused, silent: lost, answers: statuses, reason };
}

function offenceOf(account: LimitAccount, accounts: WriteAccounts): string[] {
  const { limit, value, allowed, reckoning: { sent, stored, foreign, foreignTo } } = account;
  const what = `${accounts.tenant.name} at ${limit.backend}'s ${limit.name} of ${value}`;
  if (stored === sent) return [`${what}: ${stored} of ${sent} stored, nothing held it`];
  if (stored > allowed) return [`${what}: ${stored} of ${sent} stored, ${allowed} were allowed`];
  if (foreign > 0) return [`${what}: ${foreign} items found by ${Object.keys(foreignTo).filter((name) => (foreignTo[name] ?? 0) > 0).join(', ')}`];
  return counted(limit, accounts) > 0 ? [] : [`${what}: held, but ${limit.reason} is not counted in its name`];
}

function counted({ backend, reason }: WriteLimit, { tenant, discards }: WriteAccounts): number {
  return (discards[backend] ?? []).filter((one) => one.tenantId === tenant.id && one.reason === reason).reduce((sum, { items }) => sum + items, 0);
}

function steadyOffence({ tenant, signal, reckoning: { sent, acknowledged, lost, foreign } }: SteadyAccount): string[] {
  if (acknowledged < sent) return [`${tenant}'s collector did not take ${sent - acknowledged} of ${sent} ${signal}`];
  if (lost > 0) return [`${tenant} lost ${lost} of ${sent} ${signal}`];
  return foreign > 0 ? [`${foreign} of ${tenant}'s ${signal} found by somebody else`] : [];
}

function strangersDiscards({ tenant, discards }: WriteAccounts): string[] {
  return Object.entries(discards).flatMap(([backend, all]) => all.filter(({ tenantId }) => tenantId !== tenant.id)
    .map(({ tenantId, reason, items }) => `${backend} counts ${items} of ${tenantId} as ${reason}`));
}

function total(steady: readonly SteadyAccount[], what: 'sent' | 'acknowledged' | 'lost' | 'foreign'): number {
  return steady.reduce((sum, { reckoning }) => sum + reckoning[what], 0);
}
