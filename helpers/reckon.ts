/** What became of numbered items: lost, doubled, with a stranger, late. Pure: numbers in, counts out. */
import type { ItemRange } from './flows.ts';

/** What was sent and what was found; numbers are those of items, one entry for each time that one was returned. */
export interface Accounts {
  /** Items 0 to here (excluded) were sent. */
  readonly sent: number;
  readonly acknowledged: readonly ItemRange[];
  readonly refused: readonly ItemRange[];
  /** What the owner's query returned at the deadline, and after the grace that followed. */
  readonly firstLook: Uint32Array;
  readonly lastLook: Uint32Array;
  /** What others' queries returned, by their names. */
  readonly others?: Readonly<Record<string, Uint32Array>>;
}

/** Counts of items. Ranges are the first five of each kind, `[first, last]` both included. */
export interface Reckoning {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Sent without an answer: may be stored or not, and is no loss. */
  readonly unanswered: number;
  /** Different items that the owner found at the last look. */
  readonly stored: number;
  /** Acknowledged and never found by the owner. */
  readonly lost: number;
  readonly lostRanges: readonly ItemRange[];
  /** Found more than once by the owner. */
  readonly doubled: number;
  readonly doubledRanges: readonly ItemRange[];
  /** Found by somebody else; by whom, how many. */
  readonly foreign: number;
  readonly foreignRanges: readonly ItemRange[];
  readonly foreignTo: Readonly<Record<string, number>>;
  /** Acknowledged, not there at the deadline, but after the grace. */
  readonly late: number;
  /** Stored although the sender was told that it was refused. */
  readonly refusedStored: number;
  /** Found with numbers that were never sent: somebody else uses the flow's name. */
  readonly neverSent: number;
}

/** Reckons a flow up. Counts are kept by number in a byte each: a million items take some megabytes and milliseconds. */
export function reckon(accounts: Accounts): Reckoning {
  const { sent } = accounts;
  const told = answersByItem(accounts);
  const first = countByItem(sent, accounts.firstLook);
  const last = countByItem(sent, accounts.lastLook);
  const strangers = Object.entries(accounts.others ?? {}).map(([name, found]) => ({ name, ...countByItem(sent, found) }));
  const was = (answer: Answer) => (item: number) => told[item] === answer;
  const found = (item: number) => last.counts[item] !== 0;
  const lost = pick(sent, (item) => told[item] === acknowledged && !found(item));
  const doubled = pick(sent, (item) => (last.counts[item] ?? 0) > 1);
  const foreign = pick(sent, (item) => strangers.some(({ counts }) => counts[item] !== 0));
  return {
    sent, acknowledged: pick(sent, was(acknowledged)).count, refused: pick(sent, was(refused)).count, unanswered: pick(sent, was(unanswered)).count,
    stored: pick(sent, found).count,
    lost: lost.count, lostRanges: lost.ranges,
    doubled: doubled.count, doubledRanges: doubled.ranges,
    foreign: foreign.count, foreignRanges: foreign.ranges,
    foreignTo: Object.fromEntries(strangers.map(({ name, counts }) => [name, pick(sent, (item) => counts[item] !== 0).count])),
    late: pick(sent, (item) => told[item] === acknowledged && found(item) && first.counts[item] === 0).count,
    refusedStored: pick(sent, (item) => told[item] === refused && found(item)).count,
    neverSent: last.beyond + strangers.reduce((sum, { beyond }) => sum + beyond, 0),
  };
}

const unanswered = 0;
const acknowledged = 1;
const refused = 2;
type Answer = typeof unanswered | typeof acknowledged | typeof refused;

function answersByItem(accounts: Accounts): Uint8Array {
  const told = new Uint8Array(accounts.sent);
  for (const [first, end] of accounts.refused) told.fill(refused, first, end);
  for (const [first, end] of accounts.acknowledged) told.fill(acknowledged, first, end);
  return told;
}

/** Stops at 255 of an item: it is doubled long before. */
function countByItem(sent: number, found: Uint32Array): { readonly counts: Uint8ClampedArray; readonly beyond: number } {
  const counts = new Uint8ClampedArray(sent);
  let beyond = 0;
  for (const item of found) {
    if (item < sent) counts[item] = (counts[item] ?? 0) + 1;
    else beyond += 1;
  }
  return { counts, beyond };
}

const rangesShown = 5;

/** How many items are so, and the first ranges of them. */
function pick(sent: number, is: (item: number) => boolean): { readonly count: number; readonly ranges: readonly ItemRange[] } {
  const ranges: [number, number][] = [];
  let count = 0;
  let previous = -2;
  for (let item = 0; item < sent; item += 1) {
    if (!is(item)) continue;
    const current = ranges.at(-1);
    if (current && previous === item - 1 && current[1] === previous) current[1] = item;
    else if (ranges.length < rangesShown) ranges.push([item, item]);
    count += 1;
    previous = item;
  }
  return { count, ranges };
}
