import { expect, test } from 'vitest';
import { lockFailure } from '../../../src/builds/lock/failure.ts';
import { releases } from '../../../src/builds/lock/listed.ts';
import { editsOf } from '../../../src/builds/lock/module.ts';
import { ToolFailure } from '../../../src/builds/tool.ts';
import { PlumblineError } from '../../../src/errors.ts';

const wanted = { component: 'operator', version: '1.5.0', locked: ['1.4.0', '1.2.0'], listed: ['1.6.0', '1.4.0', '1.7.0'], skipChecksumsOf: 'b.example/*' };

function failureOf(...lines: string[]): PlumblineError {
  const failure = lockFailure(wanted, new ToolFailure(['go', 'list'], lines, new Error('exit code 1')));
  if (!(failure instanceof PlumblineError)) throw new Error(`not for a user: ${String(failure)}`);
  return failure;
}

test('a module that cannot be had is named, not the one that imports it, with the versions to take instead', () => {
  const { problem } = failureOf('../mod/a.example/x@v1.5.0/cmd/main.go:20:2: b.example/y/client@v0.8.0: reading https://proxy.example/b.example/y/client/@v/v0.8.0.zip: 403 Forbidden');
  expect(problem).toMatchObject({
    code: 'PL-VERSION-UNAVAILABLE', kind: 'environment', expected: 'every module that operator 1.5.0 is built from',
    seen: 'module b.example/y/client v0.8.0 is not available: the module proxy answers 403', cause: { message: expect.stringContaining('403 Forbidden') },
  });
  expect(problem.next).toContain('nearest: 1.4.0, 1.2.0');
  expect(problem.next).toContain('plumbline versions add operator 1.6.0 1.7.0');
});

test('a part that cannot be had can be left out', () => {
  const refused = new ToolFailure(['go', 'list'], ['go: c.example/exporter/xexporter@v1.5.0: reading https://proxy.example/c.example/x.zip: 403 Forbidden'], new Error('exit code 1'));
  expect(lockFailure({ ...wanted, parts: ['yexporter', 'xexporter'], without: ['zreceiver'] }, refused)).toMatchObject({ problem: { next: expect.stringMatching(/^Leave that part out \(plumbline versions add operator 1\.5\.0 --without zreceiver,xexporter\), take/) } });
});

test('what go says as JSON is shown as a sentence', () => {
  const { problem } = failureOf('{', '\t"Path": "a.example/x",', '\t"Error": "a.example/x@v1.5.0: reading https://proxy.example/a.example/x/@v/v1.5.0.info: 404 Not Found\\n\\tserver response: none",', '}');
  expect(problem).toMatchObject({ code: 'PL-VERSION-UNAVAILABLE', cause: { message: 'a.example/x@v1.5.0: reading https://proxy.example/a.example/x/@v/v1.5.0.info: 404 Not Found' } });
});

test('a checksum that nobody knows is no missing module, and the way on is said', () => {
  const { problem } = failureOf('a.example/o/x@v1.5.0: verifying go.mod: a.example/o/x@v1.5.0/go.mod: reading https://proxy.example/sumdb/sum.example/lookup/a.example/o/x@v1.5.0: 404 Not Found');
  expect(problem).toMatchObject({ code: 'PL-CHECKSUM-UNKNOWN', expected: expect.stringContaining('a.example/o/x@v1.5.0') });
  expect(problem.next).toContain("plumbline versions add operator 1.5.0 --skip-checksums-of 'b.example/*,a.example/o/*'");
});

test('a Go that is too old is said with the one that is needed', () => {
  expect(failureOf('go: go.mod requires go >= 1.99.1 (running go 1.26.8; GOTOOLCHAIN=local)').problem).toMatchObject({ code: 'PL-GO-TOO-OLD', expected: expect.stringContaining('Go 1.99.1'), seen: 'Go 1.26.8' });
});

test('another failure shows its last lines, and what is no failure of a tool stays what it is', () => {
  expect(failureOf('go: inconsistent', '').problem).toMatchObject({ code: 'PL-LOCK-FAILED', lastLines: ['go: inconsistent'] });
  const other = new Error('a defect');
  expect(lockFailure(wanted, other)).toBe(other);
});

test('replace lines are carried over; a folder stands for what is published beside the module, or for nothing', () => {
  const replace = (path: string, version: string | undefined, New: { Path: string; Version?: string }) => ({ Old: { Path: path, Version: version }, New });
  expect(editsOf({
    Go: '1.25.0', Exclude: [{ Path: 'e.example/x', Version: 'v1.0.0' }],
    Replace: [
      replace('b.example/y', undefined, { Path: 'c.example/z', Version: 'v2.0.0' }), replace('a.example/x/apis', 'v0.0.0-unpublished', { Path: './apis' }),
      replace('a.example/x/tools', undefined, { Path: './tools' }), replace('d.example/w', 'v1.0.0', { Path: '../w' }),
    ],
  }, 'a.example/x', 'v1.5.0')).toEqual([
    '-go=1.25.0', '-replace=b.example/y=c.example/z@v2.0.0', '-replace=a.example/x/apis@v0.0.0-unpublished=a.example/x/apis@v1.5.0', '-exclude=e.example/x@v1.0.0',
  ]);
});

test('of what the proxy lists only releases are versions, newest first', () => {
  expect(releases('a.example/x v0.9.0 v0.10.0-rc.1 v0.10.0 v1.0.0+incompatible\n')).toEqual(['0.10.0', '0.9.0']);
  expect(releases('a.example/x\n')).toEqual([]);
});
