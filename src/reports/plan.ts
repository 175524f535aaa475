import type { Phase } from '../run/events.ts';

/** What a run would do, found out without changing anything. `list --json` and `run --dry-run --json` print it as it is. */
export interface Plan {
  readonly provider: PlannedProvider;
  /** Where the provider's clusters are somebody else's. */
  readonly guest?: PlannedGuest;
  readonly imageSource: PlannedImageSource;
  /** Where the user's own collector configuration takes the seed's place. */
  readonly collectorConfig?: PlannedConfig;
  /** Where nodes have a memory of their own: what the run takes at most, and what there is, MiB. */
  readonly memory?: { readonly upToMiB: number; readonly nodesMiB: number; readonly freeMiB?: number; readonly staysFreeMiB: number };
  /** In the order in which they would start. */
  readonly steps: readonly PlannedStep[];
  readonly claims: readonly PlannedClaim[];
  /** What stands in the way, a sentence each: a version that cannot be had, a provider that cannot run here. */
  readonly problems: readonly string[];
}

export interface PlannedProvider {
  /** Absent where no provider can be used. */
  readonly name?: string;
  /** Why this one, or why none. */
  readonly reasons: readonly string[];
}

/** What a run does in clusters of somebody else, and takes away again. */
export interface PlannedGuest {
  /** What it makes; nothing else is made. */
  readonly makes: readonly string[];
  /** What its user has to be allowed. */
  readonly rights: readonly PlannedRight[];
  /** Whether it grants rights to parts of platforms: it has to have those, too, or may escalate and bind cluster roles. */
  readonly grants: boolean;
  /** What of all that is missing, a line each. */
  readonly missing: readonly string[];
}

export interface PlannedRight {
  /** In the namespaces that the run makes, or in the whole cluster. */
  readonly where: 'namespaces' | 'cluster';
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface PlannedConfig {
  readonly file: string;
  /** Of its content: `sha256:…`. */
  readonly digest: string;
  /** What of it is not in the collectors as it was written, and where it has no place; a phrase each. */
  readonly notes: readonly string[];
}

export interface PlannedImageSource {
  readonly name: 'registry' | 'build';
  readonly reason: string;
}

export interface PlannedStep {
  readonly phase: Phase;
  readonly name: string;
  readonly cached: boolean;
  /** Milliseconds that it took before on this machine, else an estimate; absent where nothing is known. */
  readonly usualMs?: number;
}

export interface PlannedClaim {
  readonly id: string;
  readonly area: string;
  /** The claim's one sentence. */
  readonly claim: string;
  readonly needs: ClaimNeeds;
  /** The one thing that is wrong with the claim's twin. */
  readonly twin: string;
  /** The suite's file, relative to the clone. */
  readonly file: string;
  /** False where it does not decide about the run. */
  readonly binding?: false;
  /** Why the provider cannot have it judged: it will be skipped, and the run partial. */
  readonly skipped?: string;
}

export interface ClaimNeeds {
  readonly clusters: number;
  /** Of each cluster. */
  readonly nodes: number;
  /** Memory of those nodes whose memory is a limit, all together, MiB; what they can take at most. */
  readonly nodeMemoryMiB?: number;
  /** `component version`, e.g. `collector 0.131.0`. */
  readonly images: readonly string[];
}
