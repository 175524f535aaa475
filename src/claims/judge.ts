import { PlumblineError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import type { ReadConfig } from '../components/collector/user-config-file.ts';
import type { Configured } from '../platform/configured.ts';
import { deploy } from '../platform/deploy.ts';
import type { Installed } from '../platform/installed-spec.ts';
import type { Platform } from '../platform/platform.ts';
import { removeSide } from '../platform/remove.ts';
import type { UserTenants } from '../platform/user-tenants.ts';
import type { EventSink, Verdict } from '../run/events.ts';
import { runSteps } from '../run/steps.ts';
import type { Stage, StagedClusters } from '../runner/stage.ts';
import type { Claim } from './claim.ts';
import { InStep } from './in-step.ts';
import type { CellResult, ClaimResult, Finding, NotJudged, SideResult, TwinResult } from './result.ts';
import { cellVersions, sidesOf, twinIsTheSame } from './sides.ts';
import type { Side } from './sides.ts';
import { unjudged } from './unjudged.ts';

export interface Judging {
  readonly runId: string;
  readonly stage: Stage;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  readonly settings: Readonly<Record<string, string>>;
  /** What a configuration file says of platforms. */
  readonly configured?: Configured;
  readonly keep: 'never' | 'on-failure' | 'always';
  /** Which time of a repeated claim this is, from 1. */
  readonly round: number;
  /** The user's own tenants and limits, in place of the claims' ones. */
  readonly tenants?: UserTenants;
  /** The user's own collector configuration, in place of the seed's. */
  readonly collectorConfig?: ReadConfig['config'];
  /** The user's own platform, in place of the claims' ones. */
  readonly installed?: Installed;
  /** Ends the whole run with an error of wrong use: no other claim would fare better. */
  refuse(problem: Problem): void;
  /** The command that runs one claim again as it is run now. */
  reproduce(id: string): string;
}

/**
 * Runs a claim's check on its own platform, on its twin and on its cells, and says what follows. Never throws: what
 * breaks on the way is the verdict `error` with its reason.
 */
export async function judge(claim: Claim, judging: Judging): Promise<ClaimResult> {
  const sides = await sidesOf(claim, judging);
  const results = await judgeSides(claim, sides, judging);
  const [own, twinSide] = results as [SideResult, SideResult];
  const twin: TwinResult = { ...twinSide, wrong: claim.twin.wrong, symptom: claim.twin.symptom.source };
  const reason = reasonAgainst(claim, own, twin);
  const result: ClaimResult = {
    ...own, id: claim.id, area: claim.area, claim: claim.claim, twin,
    verdict: reason && own.verdict === 'pass' ? 'error' : own.verdict,
    durationMs: durationOf(claim, results),
    reproduce: judging.reproduce(claim.id),
    ...(claim.cells ? { cells: results.map((one, index) => cell(one, sides[index] as Side)) } : {}),
    ...(reason ? { reason } : {}),
  };
  judging.emit({ kind: 'claim.ended', id: claim.id, verdict: result.verdict, observed: result.observed, durationMs: result.durationMs });
  return result;
}

/** One after the other, or all at once where the claim says that this is no matter. */
async function judgeSides(claim: Claim, sides: readonly Side[], judging: Judging): Promise<readonly SideResult[]> {
  const same = judging.tenants !== undefined && twinIsTheSame(sides);
  if (claim.sidesTogether && !same) {
    const steps = new InStep(sides.length);
    return Promise.all(sides.map((side) => judgeSide(claim, side, judging, steps).finally(() => steps.leave())));
  }
  const results: SideResult[] = same ? [skippedSide(claim, sameTwin(claim))] : [];
  for (const side of sides.slice(results.length)) {
    // A twin says nothing of a claim that there is nothing to say of.
    const pointless = results[0]?.verdict === 'skipped';
    results.push(pointless ? { ...results[0] as SideResult, durationMs: 0 } : await judgeSide(claim, side, judging, new InStep(1)));
  }
  return results;
}

function durationOf({ sidesTogether }: Claim, results: readonly SideResult[]): number {
  const each = results.map(({ durationMs }) => durationMs);
  return sidesTogether ? Math.max(...each) : each.reduce((sum, one) => sum + one, 0);
}

/** Why nothing follows for the platform from what was seen on its two sides; undefined where something does. */
export function reasonAgainst(claim: Claim, own: SideResult, twin: TwinResult): string | undefined {
  if (own.verdict === 'error') return own.cause ?? own.observed;
  if (own.verdict === 'skipped') return own.observed;
  if (twin.verdict === 'pass') return `the harness failed: the twin (${twin.wrong}) kept the claim, so the check proves nothing`;
  if (twin.verdict === 'error' || twin.verdict === 'skipped') return `the twin (${twin.wrong}) could not be judged: ${twin.cause ?? twin.observed}`;
  if (!claim.twin.symptom.test(`${twin.observed}\n${twin.cause ?? ''}`)) {
    return `the harness failed: the twin (${twin.wrong}) broke the claim without its symptom /${claim.twin.symptom.source}/`;
  }
  return undefined;
}

/** A user's tenants may lack the very limit that the twin takes away: then there is nothing to tell the two apart by. */
function sameTwin({ twin }: Claim): string {
  return `with these tenants the twin (${twin.wrong}) is no other platform: give the first of them the limit that this claim is about`;
}

function skippedSide(claim: Claim, reason: string): SideResult {
  return { verdict: 'skipped', holds: false, expected: claim.claim, observed: reason, evidence: [], durationMs: 0 };
}

function cell(result: SideResult, side: Side): CellResult {
  return { ...result, role: side.role, versions: cellVersions(side.spec) };
}

async function judgeSide(claim: Claim, side: Side, judging: Judging, steps: InStep): Promise<SideResult> {
  judging.emit({ kind: 'claim.started', id: claim.id, side: side.name });
  const { finding, verdict, stagedAtMs } = await look(claim, side, judging, steps);
  // Waiting for builds is no part of a claim: their steps say how long that took.
  const result = { ...finding, verdict, durationMs: Date.now() - stagedAtMs };
  judging.emit({ kind: 'claim.side', id: claim.id, side: side.name, verdict, observed: finding.observed });
  return result;
}

interface Look {
  readonly finding: Finding;
  readonly verdict: Verdict;
  /** When cluster and images were there, milliseconds since the epoch. */
  readonly stagedAtMs: number;
}

async function look(claim: Claim, side: Side, judging: Judging, steps: InStep): Promise<Look> {
  const note = (text: string): void => judging.emit({ kind: 'step.note', phase: 'suites', step: claim.id, note: `${side.name}: ${text}` });
  let staged: StagedClusters | undefined;
  let verdict: Verdict = 'error';
  let stagedAtMs = Date.now();
  try {
    judging.signal.throwIfAborted();
    const known = judging.keep === 'never' ? claim.check.already?.(side.spec) : undefined;
    if (known) {
      note('measured already, for another claim with an equal platform');
      return { ...answered(claim, known), stagedAtMs };
    }
    note('waiting for cluster and images');
    staged = await judging.stage(side.spec, judging.signal);
    stagedAtMs = Date.now();
    note('deploying');
    const platform = await deployed(side, staged, judging, note, claim.sidesTogether === true);
    await using _ = platform.gateway;
    const answer = answered(claim, await claim.check({ platform, signal: judging.signal, note, inStep: (work) => steps.arrive(work) }));
    verdict = answer.verdict;
    return { ...answer, stagedAtMs };
  } catch (thrown) {
    if (thrown instanceof PlumblineError && thrown.problem.kind === 'usage') judging.refuse(thrown.problem);
    const finding = unjudged(claim, thrown);
    verdict = finding.broken ? 'fail' : 'error';
    return { finding: finding.finding, verdict, stagedAtMs };
  } finally {
    const kept = judging.keep === 'always' || (judging.keep === 'on-failure' && (verdict === 'fail' || verdict === 'error') && side.role === 'claim');
    // Of a platform that is the user's own nothing was deployed but the sender, which all sides share.
    if (staged && !kept && !side.spec.installed) await removeSide({ clients: staged.clients.values(), runId: judging.runId, name: side.name, sharesTargets: side.spec.targets !== null && claim.sidesTogether !== true, note });
  }
}

function answered(claim: Claim, answer: Finding | NotJudged): Pick<Look, 'finding' | 'verdict'> {
  if ('skipped' in answer) return { finding: skippedSide(claim, answer.skipped), verdict: 'skipped' };
  return { finding: answer, verdict: answer.holds ? 'pass' : 'fail' };
}

function deployed(side: Side, staged: StagedClusters, { runId, signal, keep, emit, installed }: Judging, note: (text: string) => void, besideOthers: boolean): Promise<Platform> {
  // A target must not be seen to be scraped by the collectors of another side.
  return deploy({ runId, spec: side.spec, name: side.name, signal, ownTargets: keep !== 'never' || besideOthers, note, step: runSteps(emit), ...(installed ? { installed } : {}), ...staged });
}
