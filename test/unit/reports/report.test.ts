import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { hostFacts } from '../../../src/reports/environment.ts';
import { recoverReport } from '../../../src/reports/recover.ts';
import { reportJsonSchema } from '../../../src/reports/report.ts';
import { at, claim, matrixClaim, report, start, twin } from './samples.ts';

const published = JSON.parse(readFileSync(new URL('../../../src/reports/report.schema.json', import.meta.url), 'utf8')) as object;

function problemsOf(value: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
  formats.default(ajv);
  const validate = ajv.compile(published);
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('report.schema.json', () => {
  it('is what report.ts says (else: node src/reports/write-schema.ts)', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
  });

  it('takes every optional field, cells and a report without claims', () => {
    const full = claim({ cause: 'c', reason: 'r', verdict: 'error' });
    expect(problemsOf(report([full, matrixClaim()]))).toEqual([]);
    expect(problemsOf(report([]))).toEqual([]);
  });

  it('refuses an unknown field, an unknown verdict, another schema version and a missing twin', () => {
    const good = report([claim()]);
    expect(problemsOf({ ...good, extra: 1 })).toEqual([' must NOT have additional properties']);
    expect(problemsOf({ ...good, schemaVersion: 2 })).toEqual(['/schemaVersion must be equal to constant']);
    expect(problemsOf({ ...good, claims: [{ ...claim(), verdict: 'green' }] })).toEqual(['/claims/0/verdict must be equal to one of the allowed values']);
    expect(problemsOf({ ...good, claims: [{ ...claim(), twin: undefined }] })).toEqual(["/claims/0 must have required property 'twin'"]);
    expect(problemsOf({ ...good, claims: [claim({ twin: { ...twin(), durationMs: -1 } })] })).toEqual(['/claims/0/twin/durationMs must be >= 0']);
  });

  it('takes a report that was recovered from events, which keeps the verdicts that had fallen', () => {
    const events = [
      at(1, { kind: 'step.done', phase: 'images', step: 'collector 0.131.0', durationMs: 4, cached: true }),
      at(2, { kind: 'step.failed', phase: 'cluster', step: 'three', durationMs: 5, cause: 'no route' }),
      at(3, { kind: 'claim.ended', id: 'SD-1', verdict: 'pass', observed: '12 targets', durationMs: 3 }),
    ];
    const end = { runId: 'ab12cd', command: './plumbline run', startedAt: new Date(start), endedAt: new Date(start + 9), exitCode: 3, interrupted: false };
    const recovered = recoverReport(events, { ...end, problem: 'it broke' });
    expect(problemsOf(recovered)).toEqual([]);
    expect(recovered.problems).toEqual(['it broke', 'SD-1 had ended: pass, 12 targets']);
    expect(recovered.steps.map((step) => [step.step, step.cached, step.failed])).toEqual([['collector 0.131.0', true, undefined], ['three', false, 'no route']]);
    expect(recovered.run).toMatchObject({ verdict: 'error', exitCode: 3, durationMs: 9 });
    expect(recoverReport(events, { ...end, interrupted: true, exitCode: 130, problem: 'x' }).run.verdict).toBe('interrupted');
  });

  it('has facts of this machine', () => {
    expect(hostFacts()).toMatchObject({ node: process.versions.node, plumbline: expect.stringMatching(/^\d+\.\d+\.\d+/) as string });
  });
});
