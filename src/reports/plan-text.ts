import Table from 'cli-table3';
import type { ClaimNeeds, Plan, PlannedClaim, PlannedStep } from './plan.ts';
import { duration, hanging, oneLine } from './style.ts';
import type { Style } from './style.ts';

/** Two spaces between columns, no lines: tables that survive copying. */
const plainChars = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
} as const;

/**
 * A table without lines. The last column takes what the width leaves and wraps.
 *
 * @param rows cells of one line each, except the last
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], { columns, colors }: Style): string {
  const widths = head.slice(0, -1).map((name, index) => Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)));
  const left = columns - widths.reduce((sum, width) => sum + width + 2, 0);
  const laidOut = new Table({
    head: head.map((name) => colors.dim(name)),
    chars: plainChars,
    colWidths: [...widths, Math.max(20, left)],
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  laidOut.push(...rows.map((row) => [...row]));
  return laidOut.toString().replace(/[ \t]+$/gm, '');
}

function clustersText({ clusters, nodes, nodeMemoryMiB }: ClaimNeeds): string {
  const ofNodes = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}${nodeMemoryMiB === undefined ? '' : ` (${nodeMemoryMiB} MiB)`}`;
  return clusters === 1 ? ofNodes : `${clusters} clusters of ${ofNodes}`;
}

/** `plumbline list`: the claims, each with its twin and needs. */
export function claimsText(plan: Plan, style: Style): string {
  const rows = plan.claims.map((claim) => [
    claim.id,
    claim.area,
    `${claimWords(claim)}\ntwin: ${oneLine(claim.twin)}\nneeds: ${clustersText(claim.needs)}, ${claim.needs.images.join(', ')}\n${skippedText(claim)}${claim.file}`,
  ]);
  return blocks([table(['claim', 'area', ''], rows, style), choicesText([...configLines(plan), ...guestLines(plan)], style), rightsText(plan, style), problemsText(plan, style)]);
}

/** `plumbline run --dry-run`: what would be done, what is cached, how long the rest usually takes. */
export function planText(plan: Plan, style: Style): string {
  const { provider, imageSource } = plan;
  const choices = [`provider  ${[provider.name ?? 'none usable', ...provider.reasons].join(': ')}`, `images    ${imageSource.name}: ${imageSource.reason}`, ...configLines(plan), ...memoryLine(plan), ...guestLines(plan)];
  const steps = plan.steps.map((step) => [step.phase, step.name, stepTime(step)]);
  const claims = plan.claims.map((claim) => [claim.id, claim.area, `${claimWords(claim)}${claim.skipped === undefined ? '' : `\n${skippedText(claim).trimEnd()}`}`]);
  return blocks([
    choicesText(choices, style),
    rightsText(plan, style),
    table(['phase', 'step', 'usually'], steps, style),
    table(['claim', 'area', ''], claims, style),
    problemsText(plan, style),
  ]);
}

/** Each begins with a word that says what it is about. */
function choicesText(choices: readonly string[], style: Style): string {
  return choices.map((line) => hanging(oneLine(line).replace(/^(\w+) /, (_, name: string) => `${name.padEnd(8)}  `), 10, style.columns)).join('\n');
}

function configLines({ collectorConfig: config }: Plan): readonly string[] {
  return config ? [`pipeline  ${config.file} (${config.digest})${config.notes.map((note) => `; ${note}`).join('')}`] : [];
}

function memoryLine({ memory }: Plan): readonly string[] {
  if (!memory) return [];
  const { upToMiB, nodesMiB, freeMiB, staysFreeMiB } = memory;
  return [`memory    up to ${upToMiB} MiB, ${nodesMiB} of them as nodes${freeMiB === undefined ? '' : ` (${freeMiB} MiB are free, ${staysFreeMiB} of them stay so)`}`];
}

/** What the run would do in clusters of somebody else. */
function guestLines({ guest }: Plan): readonly string[] {
  return !guest || guest.makes.length === 0 ? [] : [`makes     ${guest.makes.join('; ')}; nothing else, and all of it goes with the run`];
}

function rightsText({ guest }: Plan, style: Style): string {
  if (!guest || guest.rights.length === 0) return '';
  const named = (resources: readonly string[], group: string): string => resources.map((one) => (group === '' ? one : `${one}.${group}`)).join(', ');
  const rows = guest.rights.map(({ where, group, resources, verbs }) => [where === 'cluster' ? 'the cluster' : 'its namespaces', verbs.join(' '), named(resources, group)]);
  const grants = guest.grants ? [['the cluster', 'escalate bind', 'clusterroles, or all that collectors, allocators and the operator are granted']] : [];
  return table(['rights in', '', ''], [...rows, ...grants], style);
}

function claimWords({ claim, binding }: PlannedClaim): string {
  return `${oneLine(claim)}${binding === false ? ' (does not bind)' : ''}`;
}

function skippedText({ skipped }: PlannedClaim): string {
  return skipped === undefined ? '' : `will be skipped: ${oneLine(skipped)}\n`;
}

function stepTime(step: PlannedStep): string {
  if (step.cached) return 'cached';
  return step.usualMs === undefined ? 'not known yet' : duration(step.usualMs);
}

function problemsText({ problems }: Plan, { colors, columns }: Style): string {
  return problems.map((problem) => `${colors.red('problem')}  ${hanging(oneLine(problem), 9, columns)}`).join('\n');
}

function blocks(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
