import { expect, test } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { buildFailure, refusedModule, refusedPackage } from '../../../src/builds/failure.ts';
import type { GoBuild, TreeBuild } from '../../../src/builds/recipe.ts';
import { ToolFailure } from '../../../src/builds/tool.ts';

const build: GoBuild = { name: 'collector', version: '0.131.0', lockDir: '/nowhere', package: '.', usualSeconds: 1 };

function failureOf(...lines: string[]): PlumblineError {
  const failure = buildFailure(build, new ToolFailure(['go', 'build'], lines, new Error('exit code 1')));
  if (!(failure instanceof PlumblineError)) throw new Error(`not for a user: ${String(failure)}`);
  return failure;
}

test.each([
  ['go: a.example/b/c@v1.2.3: reading https://proxy.example/a.example/b/c/@v/v1.2.3.zip: 403 Forbidden', 'module a.example/b/c v1.2.3 is not available: the module proxy answers 403'],
  ['k8s.io/x@v1.33.99: reading https://proxy.example/k8s.io/x/@v/v1.33.99.info: 404 Not Found', 'module k8s.io/x v1.33.99 is not available: the module proxy answers 404'],
  ['k8s.io/x@v1.0.0: Get "https://proxy.example/k8s.io/x/@v/v1.0.0.info": dial tcp 127.0.0.1:9: connect: connection refused', 'module k8s.io/x v1.0.0 is not available: the module proxy cannot be reached (dial tcp 127.0.0.1:9: connect: connection refused)'],
  ['\t\t"Err": "k8s.io/x@v1.0.0: Get \\"https://proxy.example/k8s.io/x/@v/v1.0.0.info\\": dial tcp 127.0.0.1:9: connect: connection refused"', 'module k8s.io/x v1.0.0 is not available: the module proxy cannot be reached (dial tcp 127.0.0.1:9: connect: connection refused)'],
])('a refused module is named in one line: %s', (line, reason) => {
  expect(refusedModule(['go: downloading a.example/z v1.0.0', line])).toBe(reason);
  expect(failureOf(line).problem).toMatchObject({ code: 'PL-BUILD-UNAVAILABLE', seen: reason });
});

test('a compiler error is no refused module', () => {
  expect(refusedModule(['/cache/a.example/b@v1.2.3/x.go:403:1: undefined: Y'])).toBeUndefined();
});

test('a failed compilation shows its last lines, oldest first', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `x.go:${index}: broken`);
  const { problem } = failureOf(...lines);
  expect(problem.code).toBe('PL-BUILD-FAILED');
  expect(problem.expected).toContain('collector 0.131.0');
  expect(problem.lastLines).toEqual(lines.slice(-20));
});

test('a full disk is said to be one, whoever met it', () => {
  expect(failureOf('link: write /tmp/x: no space left on device').problem.code).toBe('PL-DISK-FULL');
  const own = buildFailure(build, Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  expect(own).toMatchObject({ problem: { code: 'PL-DISK-FULL', kind: 'environment' } });
});

test('what is not the build’s failure passes as it is', () => {
  const abort = new Error('interrupted');
  expect(buildFailure(build, abort)).toBe(abort);
});

test.each([
  ['npm error 404 Not Found - GET https://registry.example/x', 'npm: Not Found - GET https://registry.example/x'],
  ['npm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9', 'npm: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9'],
  ['[ERROR] Failed to execute goal a.b:c:1:copy (default-cli): Unable to find/resolve artifact. Could not find artifact g:a:jar:9 in central (https://repo.example/m) -> [Help 1]', 'Maven: Could not find artifact g:a:jar:9 in central (https://repo.example/m)'],
  ["[ERROR] Failed to execute goal a.b:c:1:get: Couldn't download artifact: g:a:pom:9 was not found in https://repo.example/m during a previous attempt -> [Help 1]", 'Maven: g:a:pom:9 was not found in https://repo.example/m during a previous attempt'],
])('a package that cannot be had is named in one line: %s', (line, reason) => {
  const tree: TreeBuild = { kind: 'tree', name: 'orders', version: '1.0.0', parts: [], usualSeconds: 1 };
  const failure = buildFailure(tree, new ToolFailure(['mvn'], ['[INFO] x', `\u001b[0m${line}`], new Error('exit code 1')));
  expect(failure).toMatchObject({ problem: { code: 'PL-BUILD-UNAVAILABLE', expected: 'the packages of orders 1.0.0', seen: reason } });
});

test('what a package fails of itself is no refused package', () => {
  expect(refusedPackage(['[ERROR] /x/A.java:[4,1] cannot find symbol', 'npm error code ELIFECYCLE'])).toBeUndefined();
});
