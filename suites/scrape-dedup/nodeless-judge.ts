import type { Finding } from '../../helpers/index.ts';
import type { AllocatorCounts, JobScrapes, NodelessTarget } from '../../helpers/nodeless.ts';

export interface Nodeless {
  /** What there is, by the cluster's word. */
  readonly nodeless: readonly NodelessTarget[];
  /** The targets on nodes. */
  readonly pods: readonly { readonly target: string; readonly collectors: readonly string[] }[];
  /** Collectors by address, of all jobs. */
  readonly assigned: ReadonlyMap<string, readonly string[]>;
  readonly counts: AllocatorCounts;
  readonly scrapes: readonly JobScrapes[];
}

/** What the allocator does with a target of no node that it was not known to do yet; undefined where it has said it of all. */
export function undecided({ nodeless, pods, assigned, counts }: Omit<Nodeless, 'scrapes'>): string | undefined {
  const left = pods.filter(({ collectors }) => collectors.length !== 1);
  if (left.length > 0) return `${left.length} of ${pods.length} targets on nodes not assigned, e.g. ${left[0]?.target}`;
  const open = nodeless.filter(({ address }) => !assigned.has(address));
  return isCounted(open.length, counts) ? undefined : `${open.length} targets without a node assigned to nobody, and the allocator ${saying(counts)}`;
}

/** Whether the allocator says that there are some, and by its numbers so many. */
function isCounted(open: number, { kept, given, unassigned }: AllocatorCounts): boolean {
  return kept - given === open && (unassigned > 0) === (open > 0);
}

function saying({ kept, given, unassigned }: AllocatorCounts): string {
  return `has given away ${given} of ${kept} targets and counts ${unassigned} unassigned`;
}

/** Judges whether each target without a node is reported as one that nobody scrapes. */
export function judgeNodeless(seen: Nodeless): Finding {
  const { nodeless, pods, assigned, counts, scrapes } = seen;
  const rows = nodeless.map(({ name, job, address }) => ({
    target: name, discovered: (counts.discovered[job] ?? 0) > 0 ? 'yes' : 'no', 'assigned to': (assigned.get(address) ?? []).join(', ') || 'nobody',
    'scrapes stored': scrapes.filter((one) => one.job === job).reduce((sum, { samples }) => sum + samples, 0),
  }));
  const faults = faultsOf(seen, rows);
  const holds = faults.length === 0;
  return {
    holds,
    expected: `${nodeless.length} targets without a node assigned to nobody, and reported as that by the allocator; ${pods.length} targets on nodes assigned`,
    observed: holds ? `${nodeless.length} of ${nodeless.length} targets without a node unassigned, the allocator ${saying(counts)}: ${nodeless.map(({ name }) => name).join(', ')}` : faults.join('; '),
    ...(holds ? {} : { cause: faults[0] ?? '' }),
    evidence: [
      { what: 'targets without a node', shape: 'table', headline: true, data: rows },
      { what: 'allocator: targets discovered by job, and unassigned', data: counts },
      { what: 'Mimir: samples of `up` of the jobs of those targets', data: scrapes },
    ],
  };
}

interface Row { readonly target: string; readonly discovered: string; readonly 'assigned to': string; readonly 'scrapes stored': number }

function faultsOf({ nodeless, pods, counts }: Nodeless, rows: readonly Row[]): readonly string[] {
  const names = (some: readonly Row[]): string => some.map((one) => `${one.target} (${one['assigned to']})`).join(', ');
  const assigned = rows.filter((one) => one['assigned to'] !== 'nobody');
  const open = rows.filter((one) => one['assigned to'] === 'nobody');
  const missed = rows.filter(({ discovered }) => discovered === 'no');
  const scraped = open.filter((one) => one['scrapes stored'] > 0);
  const lost = pods.filter(({ collectors }) => collectors.length !== 1);
  return [
    ...(assigned.length > 0 ? [`${assigned.length} of ${nodeless.length} targets without a node are assigned all the same${assigned.every((one) => one['scrapes stored'] > 0) ? ' and scraped' : ''}, none of them is reported: ${names(assigned)}`] : []),
    ...(isCounted(open.length, counts) ? [] : [`${open.length} targets without a node are assigned to nobody, and the allocator ${saying(counts)}${open.length > 0 ? `; lost in silence: ${names(open)}` : ''}`]),
    ...(missed.length > 0 ? [`not even discovered: ${names(missed)}`] : []),
    ...(scraped.length > 0 ? [`scraped though assigned to nobody: ${names(scraped)}`] : []),
    ...(lost.length > 0 ? [`${lost.length} of ${pods.length} targets on nodes are not assigned to one collector, e.g. ${lost[0]?.target}`] : []),
  ];
}
