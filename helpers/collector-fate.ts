/** What became of a collector under load, told apart. Pure: looks in, one fate out. */

/** One look at a collector, its node and what it was sent; MiB and items. */
export interface MemoryLook {
  /** Since the flow's start. */
  readonly atMs: number;
  /** Of all the node's processes, by the kernel; undefined where only the kubelet counts, which looks every ten seconds. */
  readonly node?: { readonly usedMiB: number; readonly anonymousMiB: number; readonly cacheMiB: number };
  /** Of the collector, by its own word; undefined where it did not answer. */
  readonly own?: OwnWord;
  /** By the sender; what is under way counts as refused until it is answered. */
  readonly accepted: number;
  readonly refused: number;
  /** Of its container, as the API server has it. */
  readonly restarts: number;
  readonly state: PodState;
  readonly nodeReady: boolean;
  /** Of this machine, outside of all nodes. */
  readonly hostFreeMiB: number;
}

export interface OwnWord {
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly accepted: number;
  readonly refused: number;
  /** Requests in its exporters' queues. */
  readonly queued: number;
}

export type PodState =
  | { readonly is: 'running'; readonly ready: boolean }
  | { readonly is: 'waiting'; readonly why: string }
  | { readonly is: 'ended'; readonly reason: string; readonly exitCode: number }
  | { readonly is: 'gone'; readonly reason: string };

/** How the kernel's log has it: whose limit was reached, and whom it chose. */
export interface KernelWord {
  readonly limitOf: 'node' | 'container';
  readonly process: string;
  /** Whether that process is the collector's. */
  readonly collector: boolean;
}

export type FateKind = 'own-limit' | 'node-limit' | 'evicted' | 'node-silent' | 'hang' | 'exited' | 'refusing' | 'survived';

export interface Fate {
  readonly kind: FateKind;
  /** Since the flow's start; of one that lives: of the last look. */
  readonly atMs: number;
  readonly words: string;
}

/** Whether a collector lived to the end of its flow. */
export function lives({ kind }: Pick<Fate, 'kind'>): boolean {
  return kind === 'refusing' || kind === 'survived';
}

/** Alive and without an answer for this long: a busy collector on two cores answers within two seconds. */
export const hangMs = 5000;

/** An eviction ends the container first, and is said of its pod a moment later. */
const settledMs = 3000;

/** What can be said so far; undefined while it lives, or may only be slow. */
export function fateSoFar(looks: readonly MemoryLook[], kernel: readonly KernelWord[]): Fate | undefined {
  const last = looks.at(-1);
  if (!last) return undefined;
  const { atMs, state } = last;
  const node = kernel.find(({ limitOf }) => limitOf === 'node');
  if (node) return { kind: 'node-limit', atMs, words: `the node reached its limit and the kernel ended ${node.collector ? 'the collector' : node.process}` };
  const own = kernel.find(({ collector }) => collector);
  if (own || (state.is === 'ended' && state.reason === 'OOMKilled')) return { kind: 'own-limit', atMs, words: 'OOMKilled by its container\'s own limit' };
  if (state.is === 'gone' && state.reason === 'Evicted') return { kind: 'evicted', atMs, words: 'evicted by the kubelet, whose node was short of memory' };
  if (!last.nodeReady) return { kind: 'node-silent', atMs, words: 'the node\'s kubelet reports no more' };
  const ended = looks.find((look) => look.state.is === 'ended' || look.state.is === 'gone' || look.restarts > 0);
  if (ended && atMs - ended.atMs >= settledMs) return { kind: 'exited', atMs: ended.atMs, words: exitWords(state) };
  const silent = ended ? undefined : silentSince(looks);
  if (silent !== undefined && atMs - silent >= hangMs) return { kind: 'hang', atMs: silent, words: `hangs: alive, and for ${((atMs - silent) / 1000).toFixed(0)} s nothing answered` };
  return undefined;
}

/** Of a collector that lived to the end of its flow. */
export function livingFate(looks: readonly MemoryLook[]): Fate {
  const { atMs = 0, refused = 0, accepted = 0 } = looks.at(-1) ?? {};
  const share = Math.round((100 * refused) / Math.max(1, refused + accepted));
  return refused > 0
    ? { kind: 'refusing', atMs, words: `survived, and refused ${share} % of what it was sent` }
    : { kind: 'survived', atMs, words: 'survived, and took all that it was sent' };
}

/** Since when it has not answered, where it answered before and does not now. */
function silentSince(looks: readonly MemoryLook[]): number | undefined {
  const lastWord = looks.findLastIndex(({ own }) => own !== undefined);
  return lastWord === -1 || lastWord === looks.length - 1 ? undefined : looks[lastWord]?.atMs;
}

function exitWords(state: PodState): string {
  if (state.is === 'ended') return `ended with code ${state.exitCode} (${state.reason})`;
  return state.is === 'gone' ? `its pod is gone (${state.reason})` : 'was started again';
}
