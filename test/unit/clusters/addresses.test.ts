import { describe, expect, it } from 'vitest';
import { addressPlan, blocks, freeBlock, maxNodes } from '../../../src/clusters/embedded/addresses.ts';
import { nodesWithin } from '../../../src/clusters/embedded/inotify.ts';
import { clusterIndexes, clusterNames, ownerOfLink, runOfCgroup } from '../../../src/clusters/embedded/names.ts';

describe('address plan', () => {
  it('keeps nodes, pods and services of the largest cluster apart', () => {
    const plan = addressPlan(64, maxNodes);
    expect(plan.nodes.at(-1)).toEqual({ address: '10.64.255.109', cidr: '10.64.255.109/24', podCidr: '10.64.99.0/24' });
    // /17 covers third bytes 0 to 127, services 192 to 207, nodes 255: none holds another.
    expect(plan).toMatchObject({ host: '10.64.255.1', podRange: '10.64.0.0/17', serviceRange: '10.64.192.0/20', apiService: '10.64.192.1', dnsService: '10.64.192.10' });
    expect(new Set(plan.nodes.map((node) => node.podCidr)).size).toBe(maxNodes);
  });
});

describe('free block', () => {
  it('passes over what an address or a route overlaps, whatever its size', () => {
    expect(freeBlock([])).toBe(64);
    expect(freeBlock(['default', '0.0.0.0/0', '192.0.2.0/24', '10.63.255.255'])).toBe(64);
    expect(freeBlock(['10.64.255.1/24'])).toBe(65);
    expect(freeBlock(['10.64.0.0/14', '10.68.3.4'])).toBe(69);
    expect(freeBlock(['10.64.12.1/14'])).toBe(68);
  });

  it('is none where a network covers all of them', () => {
    expect(freeBlock(['10.0.0.0/8'])).toBeUndefined();
    expect(freeBlock(blocks.map((block) => `10.${block}.9.9`))).toBeUndefined();
  });
});

describe('inotify', () => {
  it('bounds the nodes of a machine: 15 with the usual limit of 128', () => {
    expect([0, 15, 16, 128, 1024].map((limit) => nodesWithin(limit))).toEqual([0, 0, 1, 15, 127]);
    expect(nodesWithin(128, 40)).toBe(10);
  });
});

describe('names', () => {
  it('fit the kernel’s 15 characters and lead back to run and cluster', () => {
    for (const index of clusterIndexes) {
      const names = clusterNames('zz99zz', index);
      for (const link of [names.bridge, names.link(0), names.link(maxNodes - 1)]) {
        expect(link.length).toBeLessThanOrEqual(15);
        expect(ownerOfLink(link)).toEqual({ runId: 'zz99zz', index });
      }
    }
    expect(runOfCgroup(clusterNames('zz99zz', '0').cgroup.split('/')[0] ?? '')).toBe('zz99zz');
  });

  it('take nothing of others for ours', () => {
    expect(['eth0', 'docker0', 'plb', 'plbabc', 'plbABCDEF0', 'plbabcdef', 'plbabcdef0x1', 'xplbabcdef0'].map(ownerOfLink)).toEqual(Array.from({ length: 8 }));
    expect(['plumbline', 'plumbline-abcdef.slice', 'my-plumbline-abcdef'].map(runOfCgroup)).toEqual([undefined, undefined, undefined]);
  });
});
