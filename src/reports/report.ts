import { z } from 'zod';
import type { CellResult, ClaimResult, TwinResult } from '../claims/result.ts';
import { verdictSchema, runVerdicts } from './verdict.ts';

/**
 * The shape of report.json. `schemaVersion` rises when a reader of the old shape would go wrong; a field that is only
 * added does not raise it. report.schema.json beside this file is made from here by write-schema.ts.
 */
export const schemaVersion = 1;

const milliseconds = z.number().nonnegative().describe('milliseconds');
const instant = z.iso.datetime().describe('ISO 8601, UTC');
const text = z.string();

const evidence = z.strictObject({
  what: text.describe('what was asked of whom'),
  shape: z.enum(['table', 'time-line', 'curve']).exactOptional().describe('a list of flat objects, best looked at as a table, as a chart over `atMs`, or as one over what is in the first column'),
  draw: z.string().exactOptional().describe('of a curve: the column that is drawn'),
  headline: z.boolean().exactOptional().describe('a table that the summary prints whatever the verdict is'),
  data: z.json().describe('the answer, whole'),
});

const side = {
  verdict: verdictSchema,
  holds: z.boolean(),
  expected: text,
  observed: text,
  cause: text.exactOptional(),
  evidence: z.array(evidence).readonly(),
  durationMs: milliseconds,
};

/* The annotations below tie the schema to the types that suites answer with, so that the two cannot drift apart unseen. */

const twin: z.ZodType<TwinResult> = z.strictObject({
  ...side,
  verdict: verdictSchema.describe('of the claim on the twin: `fail` is what a twin is for'),
  wrong: text.describe('the one thing that is wrong with the twin'),
  symptom: text.describe('what its failure must show'),
});

const cell: z.ZodType<CellResult> = z.strictObject({
  ...side,
  versions: z.record(text, text),
  role: z.enum(['claim', 'twin', 'measured']),
});

export const claimResultSchema: z.ZodType<ClaimResult> = z.strictObject({
  ...side,
  id: text,
  area: text,
  claim: text,
  twin,
  cells: z.array(cell).readonly().exactOptional(),
  reproduce: text.describe('the one command that runs this claim again'),
  reason: text.exactOptional(),
  binding: z.literal(false).exactOptional().describe('it does not decide about the run: `binding` of its settings names other claims'),
});

const image = z.strictObject({
  component: text,
  version: text,
  reference: text,
  digest: text,
  /** Of its archive; absent where nodes pull it. */
  sizeBytes: z.number().int().nonnegative().exactOptional(),
  source: z.enum(['registry', 'build', 'docker']).describe('where it was made'),
});

const step = z.strictObject({
  phase: z.enum(['plan', 'images', 'cluster', 'platform', 'suites', 'simulate', 'report', 'clean-up']),
  step: text,
  durationMs: milliseconds,
  cached: z.boolean(),
  failed: text.exactOptional().describe('the cause, where the step failed'),
});

/** What is true of the machine and of the choices made, as far as the run came to make them. */
const environment = z.strictObject({
  plumbline: text,
  node: text,
  os: text,
  kernel: text,
  cores: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  cgroup: z.enum(['v1', 'hybrid', 'v2', 'none']),
  provider: text.exactOptional(),
  kubernetesVersion: text.exactOptional(),
  imageSource: text.exactOptional(),
  collectorConfig: z.strictObject({
    file: text, digest: text.describe('of its content'),
    notes: z.array(text).readonly().describe('what of it is not in the collectors as it was written'),
  }).exactOptional().describe('the user\'s own, in place of the seed\'s pipelines'),
});

const run = z.strictObject({
  id: text,
  command: text.describe('as it was typed'),
  startedAt: instant,
  endedAt: instant,
  durationMs: milliseconds,
  verdict: z.enum(runVerdicts),
  exitCode: z.number().int(),
});

export const runReportSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  run,
  environment,
  images: z.array(image).readonly(),
  steps: z.array(step).readonly(),
  claims: z.array(claimResultSchema).readonly(),
  problems: z.array(text).readonly().describe('what else a reader must know, a sentence each'),
});

export type RunReport = z.infer<typeof runReportSchema>;
export type ReportedStep = RunReport['steps'][number];
export type ReportedImage = RunReport['images'][number];
export type ReportedEnvironment = RunReport['environment'];

/** The published JSON Schema of report.json (draft 2020-12). */
export function reportJsonSchema(): object {
  return z.toJSONSchema(runReportSchema, { override: ({ jsonSchema }) => void delete jsonSchema.readOnly });
}
