import { expect, test } from 'vitest';
import { nodeImage } from '../../../src/clusters/k3s/image.ts';
import { nameOf, nodeContainer, nodeLabels } from '../../../src/clusters/k3s/names.ts';
import { registriesFile } from '../../../src/clusters/k3s/registries.ts';
import { nodeLog } from '../../../src/clusters/k3s/running.ts';

test('nodes have the official image, behind the user\'s mirror where there is one, or the one that the user names', () => {
  expect(nodeImage({})).toMatch(/^rancher\/k3s:v1\.33\.\d+-k3s1$/);
  expect(nodeImage({ registryPrefix: 'http://mirror.example:5000/hub/' })).toMatch(/^mirror\.example:5000\/hub\/rancher\/k3s:/);
  expect(nodeImage({ registryPrefix: 'mirror.example', k3sImage: 'mine:1' })).toBe('mine:1');
});

test.each([
  [undefined, undefined],
  ['mirror.example', { 'mirror.example': { endpoint: ['https://mirror.example'] }, '*': { endpoint: ['https://mirror.example'] } }],
  ['http://10.0.0.1:5000/hub', { '10.0.0.1:5000': { endpoint: ['http://10.0.0.1:5000'] }, '*': { endpoint: ['http://10.0.0.1:5000'], rewrite: { '^(.*)$': 'hub/$1' } } }],
])('with the prefix %s nodes pull so', (prefix, mirrors) => {
  expect(JSON.parse(registriesFile(prefix === undefined ? {} : { registryPrefix: prefix }) ?? '{}')).toEqual(mirrors === undefined ? {} : { mirrors });
});

test('a registry that things are pushed to is one that nodes pull from, with or without TLS', () => {
  expect(JSON.parse(registriesFile({ pushTo: 'http://lab.example:5000/x' }) ?? '')).toEqual({ mirrors: { 'lab.example:5000': { endpoint: ['http://lab.example:5000'] } } });
  const both = JSON.parse(registriesFile({ pushTo: 'lab.example', registryPrefix: 'm.example/hub' }) ?? '') as { mirrors: Record<string, unknown> };
  expect(Object.keys(both.mirrors)).toEqual(['lab.example', 'm.example', '*']);
});

test('containers of two runs, of two clusters and of two nodes have different names and labels', () => {
  const names = [nodeContainer('abc123', 'c1', 'node-1'), nodeContainer('abc124', 'c1', 'node-1'), nodeContainer('abc123', 'c2', 'node-1'), nodeContainer('abc123', 'c1', 'node-2')];
  expect(new Set(names).size).toBe(4);
  expect(nodeLabels('abc123', 'c1')).not.toEqual(nodeLabels('abc123', 'c2'));
  expect(nameOf({ Names: [`/${names[0]}`] })).toBe(names[0]);
});

test('lines of a node are read from the frames that Docker sends them in', () => {
  const frame = (text: string): Buffer => Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
  expect(nodeLog(Buffer.concat([frame('one\n'), frame('two\nthree\n')]))).toEqual(['one', 'two', 'three']);
});
