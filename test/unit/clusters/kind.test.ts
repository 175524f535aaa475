import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { askDns, mustAnswer } from '../../../src/clusters/kind/ask-dns.ts';
import { checkKindSpec, kindConfig } from '../../../src/clusters/kind/config.ts';
import { clusterOfKind, kindName, longestName, nodeNames, runOfKind } from '../../../src/clusters/kind/names.ts';
import { clusterOf } from '../../../src/clusters/provider.ts';

describe('configuration', () => {
  const written = (count: number): unknown => parse(kindConfig(clusterOf(count)));

  it('is one node with the control plane, and workers', () => {
    expect(written(3)).toMatchObject({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes: [{ role: 'control-plane' }, { role: 'worker' }, { role: 'worker' }] });
  });

  it('lets the first of several nodes take pods as well', () => {
    const { nodes: [first] } = written(2) as { nodes: [{ kubeadmConfigPatches: string[] }] };
    expect(first.kubeadmConfigPatches.map((patch) => parse(patch) as unknown)).toEqual([{ kind: 'InitConfiguration', nodeRegistration: { taints: [] } }]);
  });

  it('leaves the taint of an only node to kind, which takes it away and would miss it', () => {
    expect(written(1)).toEqual({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', nodes: [{ role: 'control-plane' }] });
  });

  it.each([
    ['a name that leaves no room for a node’s', { name: 'x'.repeat(33), nodes: [{ name: 'a' }] }, 'a name of up to 32 characters'],
    ['a node with a memory of its own', { name: 'c1', nodes: [{ name: 'a', memoryMiB: 2048 }] }, 'nodes without a memory of their own'],
    ['no node', { name: 'c1', nodes: [] }, '1 to 100 nodes'],
  ])('refuses %s', (_, spec, expected) => {
    expect(() => checkKindSpec(spec, 'abc123')).toThrow(expected);
  });
});

describe('names', () => {
  it('lead from the run to its clusters and back', () => {
    expect(kindName('abc123', 'hub-2')).toBe('plumbline-abc123-hub-2');
    expect([runOfKind('plumbline-abc123-hub-2'), clusterOfKind('plumbline-abc123-hub-2')]).toEqual(['abc123', 'hub-2']);
  });

  it.each(['kind', 'plumbline', 'plumbline-abc123', 'plumbline-abc123-', 'plumbline-abc1234-c1', 'plumbline-ABC123-c1', 'my-plumbline-abc123-c1'])('see no run in %j', (name) => {
    expect(runOfKind(name)).toBeUndefined();
  });

  it('of nodes are kind’s: workers are counted from the second on', () => {
    expect(nodeNames('plumbline-abc123-c4', 4)).toEqual(['control-plane', 'worker', 'worker2', 'worker3'].map((role) => `plumbline-abc123-c4-${role}`));
    expect(nodeNames('plumbline-abc123-c1', 1)).toEqual(['plumbline-abc123-c1-control-plane']);
  });

  it('of nodes are values of labels too, whatever a cluster may be called', () => {
    expect(Math.max(...nodeNames('x'.repeat(longestName), 100).map((name) => name.length))).toBeLessThanOrEqual(63);
  });
});

describe('a node’s question', () => {
  it('is the name, label by label, with its length in front', () => {
    expect(askDns('10.96.0.10', 'a.bc').at(-1)).toBe(['00', '16', '00', '01', '01', '00', '00', '01', '00', '00', '00', '00', '00', '00', '01', '61', '02', '62', '63', '00', '00', '01', '00', '01'].map((byte) => `\\x${byte}`).join(''));
  });

  it.each([
    ['nothing', '', 'no answer'],
    ['half a header', ' 00 54 00 01', 'no answer'],
    ['no such name', ' 00 54 00 01 81 83 00 01 00 00 00 01 00 00', 'an answer with code 3'],
    ['no address', ' 00 54 00 01 81 80 00 01 00 00 00 01 00 00', 'an answer without an address'],
  ])('is not answered by %s', (_, output, why) => {
    expect(() => mustAnswer(output)).toThrow(why);
  });

  it('is answered by a record', () => {
    expect(() => mustAnswer(' 00 54 00 01 81 80 00 01 00 01 00 00 00 00\n')).not.toThrow();
  });
});
