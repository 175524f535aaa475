import { absenceText, defineClaim, deliverySeconds, finished, keptSignals, ledgerEvidence, reckoningText, settle, settledLedger, startFlow, storedItems, whileHolds } from '../../helpers/index.ts';
import type { Finding, FlowSignal, FlowState, Reckoning, Subject, Tenant } from '../../helpers/index.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-1',
  area: 'tenant-isolation',
  claim: 'a tenant\'s metrics, logs and traces are found by their owner and by nobody else, in Mimir, Loki and Tempo',
  platform: new URL('./found-by-owner.yaml', import.meta.url),
  twin: {
    wrong: 'both collectors tag the same tenant',
    patch: new URL('./found-by-owner.twin.yaml', import.meta.url),
    symptom: /found by another tenant/,
  },
  blackBox: {
    twin: {
      wrong: 'the second tenant\'s data goes through the first one\'s collector',
      patch: new URL('./found-by-owner.twin.yaml', import.meta.url),
      symptom: /found by another tenant/,
    },
  },
  usualSecondsPerSide: 25,
  check,
});

const windows = timing.foundByOwner;

interface Account {
  readonly owner: Tenant;
  readonly flow: FlowState;
  readonly reckoning: Reckoning;
}

async function check(subject: Subject): Promise<Finding> {
  const { platform } = subject;
  const accounts = await Promise.all(platform.tenants.flatMap((owner) => keptSignals(platform).map(async (signal): Promise<Account> => {
    const flow = await send(subject, owner, signal);
    return { owner, flow, reckoning: await settleOwned(subject, owner, flow) };
  })));
  // What a stranger does not find now it may find a moment later: absence counts over a window, after the owner's data was there.
  const strayed = accounts.every(isKept) ? await watchStrangers(subject, accounts) : undefined;
  return judge(subject, accounts, strayed);
}

async function send({ platform, signal, note }: Subject, owner: Tenant, kind: FlowSignal): Promise<FlowState> {
  const { itemsPerFlow, itemsPerSecond, sendSeconds } = windows;
  const flow = await startFlow(platform, owner, { name: `${owner.flowPrefix}-own-${kind}`, signal: kind, via: 'collector', ratePerSecond: itemsPerSecond, items: itemsPerFlow }, signal);
  return finished(flow, { timeoutMs: sendSeconds * 1000, signal, note });
}

/** Waits until the owner finds it all; what a stranger finds ends the wait, for the owner will not find that any more. */
async function settleOwned({ platform, signal, note }: Subject, owner: Tenant, flow: FlowState): Promise<Reckoning> {
  const strangers = platform.tenants.filter((one) => one !== owner);
  await settle(`${flow.name} found`, async (look) => {
    const found = async (tenant: Tenant): Promise<number> => (await storedItems(platform, tenant, flow, look)).length;
    return { own: await found(owner), strange: (await Promise.all(strangers.map(found))).reduce((sum, one) => sum + one, 0) };
  }, ({ own, strange }) => (own >= flow.sent || strange > 0 ? undefined : `${own} of ${flow.sent}`), { timeoutMs: deliverySeconds(platform, windows.deliverySeconds) * 1000, signal, note });
  return settledLedger(platform, owner, flow, { timeoutMs: 0, graceMs: 0, signal, note });
}

function isKept({ flow, reckoning: { sent, acknowledged, lost, foreign, doubled } }: Account): boolean {
  return flow.ended === 'complete' && acknowledged === sent && lost + foreign + doubled === 0;
}

/** Looks for every flow in every other tenant again and again; the first place where something is found, in words. */
async function watchStrangers({ platform, signal, note }: Subject, accounts: readonly Account[]): Promise<string | undefined> {
  let found: string | undefined;
  note(`looking for strangers' data for ${windows.absenceSeconds} s`);
  await whileHolds('nobody else finds it', async (look) => {
    if (found !== undefined) return;
    for (const { owner, flow } of accounts) {
      for (const stranger of platform.tenants.filter((one) => one !== owner)) {
        const items = await storedItems(platform, stranger, flow, look.signal);
        if (items.length > 0) found = `${items.length} items of ${flow.name} found by another tenant, ${stranger.name}`;
      }
    }
  }, { forMs: windows.absenceSeconds * 1000, intervalMs: windows.lookEverySeconds * 1000, signal });
  return found;
}

function judge({ platform }: Subject, accounts: readonly Account[], strayed: string | undefined): Finding {
  const offender = accounts.find((one) => !isKept(one));
  const items = accounts.reduce((sum, one) => sum + one.flow.sent, 0);
  const foreign = accounts.reduce((sum, one) => sum + one.reckoning.foreign, 0);
  const stored = accounts.reduce((sum, one) => sum + one.reckoning.stored, 0);
  const holds = !offender && strayed === undefined;
  return {
    holds,
    expected: `${items} items of ${platform.tenants.length} tenants in ${keptSignals(platform).length} backends, each found once by its owner, and by nobody else for ${windows.absenceSeconds} s`,
    observed: holds ? `${items} items found once by their owners, 0 by anybody else in ${windows.absenceSeconds} s${absenceText(platform)}` : strayed ?? `${items - stored} of ${items} items not found by their owner, ${foreign} found by another tenant`,
    ...(holds ? {} : { cause: strayed ?? (offender ? offence(offender) : '') }),
    evidence: accounts.map(({ flow, reckoning }) => ledgerEvidence(flow, reckoning)),
  };
}

function offence({ owner, flow, reckoning }: Account): string {
  const finders = Object.entries(reckoning.foreignTo).filter(([, items]) => items > 0).map(([name]) => name);
  const found = finders.length > 0 ? `; sent to ${owner.collectorUrl}, found by ${finders.join(', ')}` : '';
  return `${flow.name}: ${reckoningText(reckoning)}${found}`;
}
