import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { command } from '../../processes/command.ts';
import { PlumblineError } from '../../errors.ts';
import { until } from '../../run/wait.ts';
import { addressPlan, freeBlock } from './addresses.ts';
import type { AddressPlan } from './addresses.ts';
import { clusterIndexes, clusterNames, ownerOfLink } from './names.ts';
import type { ClusterNames } from './names.ts';

export interface ClusterNetwork {
  readonly names: ClusterNames;
  readonly plan: AddressPlan;
}

/**
 * Takes a free block of addresses and a free index in the run, by making the cluster's bridge: the bridge's address is
 * the reservation, so it ends with the cluster and needs no book-keeping.
 *
 * @throws PlumblineError PL-ADDRESSES-EXHAUSTED when 64 clusters, or other networks, hold every block
 */
export async function createBridge(runId: string, nodeCount: number, signal: AbortSignal): Promise<ClusterNetwork> {
  return withAddressLock(signal, async () => {
    const [links, networks] = await Promise.all([linkNames(), networksInUse()]);
    const used = links.map(ownerOfLink).filter((one) => one?.runId === runId).map((one) => one?.index);
    const index = [...clusterIndexes].find((one) => !used.includes(one));
    const block = freeBlock(networks);
    if (index === undefined || block === undefined) throw exhausted();
    const names = clusterNames(runId, index);
    const plan = addressPlan(block, nodeCount);
    await layBridge(names, plan).catch(async (thrown: unknown) => {
      await ipBatch(runId, [`link delete ${names.bridge}`]).catch(() => undefined);
      throw thrown;
    });
    return { names, plan };
  });
}

async function layBridge({ runId, bridge }: ClusterNames, plan: AddressPlan): Promise<void> {
  await ipBatch(runId, [
    `link add ${bridge} type bridge`, `address add ${plan.hostCidr} dev ${bridge}`, `link set ${bridge} up`,
    ...plan.nodes.map((node) => `route add ${node.podCidr} via ${node.address}`),
  ]);
  // Only this bridge forwards: a machine that is no router stays none.
  await writeFile(`/proc/sys/net/ipv4/conf/${bridge}/forwarding`, '1');
}

/** Connects the network namespace of a node's first process to the bridge, with routes to every other node's pods. */
export async function connectNode({ names, plan }: ClusterNetwork, index: number, initPid: number): Promise<void> {
  await ipBatch(names.runId, [`link add ${names.link(index)} type veth peer name eth0 netns ${initPid}`, `link set ${names.link(index)} master ${names.bridge} up`]);
  await command('nsenter', [`--net=/proc/${initPid}/ns/net`, 'ip', '-batch', '-'], { input: nodeRoutes(plan, index).join('\n'), runId: names.runId });
}

function nodeRoutes(plan: AddressPlan, index: number): readonly string[] {
  const others = plan.nodes.filter((_, other) => other !== index);
  return [
    `address add ${plan.nodes[index]?.cidr} dev eth0`,
    'link set lo up',
    'link set eth0 up',
    `route add default via ${plan.host}`,
    ...others.map((node) => `route add ${node.podCidr} via ${node.address}`),
  ];
}

/** Names of all links of this machine. */
export async function linkNames(): Promise<readonly string[]> {
  const links = JSON.parse(await command('ip', ['-j', 'link'])) as { ifname: string }[];
  return links.map((one) => one.ifname);
}

/** Runs `ip` commands of a run in one process. */
export async function ipBatch(runId: string, lines: readonly string[]): Promise<void> {
  await command('ip', ['-batch', '-'], { input: lines.join('\n'), runId });
}

/** What this machine has addresses in, and routes to. */
export async function networksInUse(): Promise<readonly string[]> {
  const [addresses, routes] = await Promise.all([command('ip', ['-j', '-4', 'address']), command('ip', ['-j', '-4', 'route', 'show', 'table', 'all'])]);
  const links = JSON.parse(addresses) as { addr_info: { local: string; prefixlen: number }[] }[];
  return [
    ...links.flatMap((link) => link.addr_info.map((one) => `${one.local}/${one.prefixlen}`)),
    ...(JSON.parse(routes) as { dst: string }[]).map((one) => one.dst),
  ];
}

/**
 * One at a time on this machine. The lock is a socket name that only one process can hold; the kernel gives it back
 * when its holder ends, however it ends, which a lock file can't promise.
 */
async function withAddressLock<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const lock = await until('the turn to take addresses', ({ saw }) => {
    const server = createServer();
    return new Promise<typeof server | undefined>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') return reject(error);
        saw('another run is taking addresses');
        resolve(undefined);
      });
      server.listen('\0plumbline-addresses', () => resolve(server));
    });
  }, { timeoutMs: 30_000, intervalMs: 50, signal });
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function exhausted(): PlumblineError {
  return new PlumblineError({
    code: 'PL-ADDRESSES-EXHAUSTED', kind: 'environment', expected: 'a free network among 10.64.0.0/16 to 10.127.0.0/16',
    seen: 'every one overlaps an address or a route of this machine', next: 'Run `plumbline down` to remove runs that are over.',
  });
}
