import { z } from 'zod';
import { PlumblineError } from '../errors.ts';
import { runVerdicts, verdictSchema } from './verdict.ts';

/**
 * What two runs are compared by: part of a report, under the same names. A baseline is a report of just this, so that whatever reads
 * the one reads the other.
 */
const side = { verdict: verdictSchema, observed: z.string(), durationMs: z.number() };

const claim = z.object({
  ...side, id: z.string(), area: z.string(), claim: z.string(), binding: z.literal(false).exactOptional(),
  twin: z.object(side),
  cells: z.array(z.object({ ...side, versions: z.record(z.string(), z.string()), role: z.enum(['claim', 'twin', 'measured']) })).exactOptional(),
});

/** In the order of a report; fields that say what ran, and no machine. */
const comparable = z.object({
  schemaVersion: z.literal(1),
  run: z.object({ id: z.string(), command: z.string(), startedAt: z.string(), verdict: z.enum(runVerdicts) }),
  environment: z.object({
    plumbline: z.string(), provider: z.string().exactOptional(), kubernetesVersion: z.string().exactOptional(), imageSource: z.string().exactOptional(),
    collectorConfig: z.object({ file: z.string(), digest: z.string() }).exactOptional(),
  }),
  images: z.array(z.object({ component: z.string(), version: z.string() })),
  claims: z.array(claim),
});

export type Comparable = z.infer<typeof comparable>;
export type ComparableClaim = Comparable['claims'][number];

/**
 * Reads a report or a baseline.
 * @param name as the user named it
 * @throws PlumblineError PL-REPORT-UNREADABLE
 */
export function parseComparable(text: string, name: string): Comparable {
  try {
    const parsed = comparable.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw notReport(name, `${issue?.path.join('.') || 'the whole of it'}: ${issue?.message ?? 'no report'}`);
  } catch (thrown) {
    throw thrown instanceof SyntaxError ? notReport(name, thrown.message) : thrown;
  }
}

export function notReport(name: string, seen: string, cause?: unknown): PlumblineError {
  return new PlumblineError({
    code: 'PL-REPORT-UNREADABLE', kind: 'usage', expected: 'report.json of a run, its output folder, or a baseline', seen: `${name}: ${seen}`,
    next: 'plumbline diff <report> <report>; a run writes its own into the folder that its last line names', cause,
  });
}

/** As it is committed: one claim after the other, so that its own history can be read. */
export function baselineText(report: Comparable): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
