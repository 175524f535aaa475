/** The addresses of one cluster, all from one 10.X.0.0/16. */
export interface AddressPlan {
  /** X of 10.X.0.0/16. */
  readonly block: number;
  /** The bridge's own address: the API server's, and the nodes' way out. */
  readonly host: string;
  readonly hostCidr: string;
  /** Every pod of every node. */
  readonly podRange: string;
  readonly serviceRange: string;
  /** The service `kubernetes`: the first address of the service range. */
  readonly apiService: string;
  readonly dnsService: string;
  readonly nodes: readonly NodeAddresses[];
}

export interface NodeAddresses {
  readonly address: string;
  readonly cidr: string;
  readonly podCidr: string;
}

/** Second bytes to take from: a part of 10/8 that cloud and home networks rarely use. */
export const blocks: readonly number[] = Array.from({ length: 64 }, (_, index) => 64 + index);

/** Pods of node i live in 10.X.i.0/24; the nodes themselves and services begin above. */
export const maxNodes = 100;

/** Lays out a cluster of `nodeCount` nodes in 10.`block`.0.0/16. */
export function addressPlan(block: number, nodeCount: number): AddressPlan {
  const prefix = `10.${block}`;
  const nodes = Array.from({ length: nodeCount }, (_, index) => ({
    address: `${prefix}.255.${10 + index}`,
    cidr: `${prefix}.255.${10 + index}/24`,
    podCidr: `${prefix}.${index}.0/24`,
  }));
  return {
    block,
    host: `${prefix}.255.1`,
    hostCidr: `${prefix}.255.1/24`,
    podRange: `${prefix}.0.0/17`,
    serviceRange: `${prefix}.192.0/20`,
    apiService: `${prefix}.192.1`,
    dnsService: `${prefix}.192.10`,
    nodes,
  };
}

/**
 * The first block that overlaps no network this machine has an address in or a specific route to.
 *
 * @param networks as `ip -j` prints them: `10.64.0.0/16`, `10.64.1.1`, `default`
 */
export function freeBlock(networks: readonly string[]): number | undefined {
  const taken = networks.map(range).filter((one) => one !== undefined);
  return blocks.find((block) => {
    const [first, last] = range(`10.${block}.0.0/16`) ?? [0, 0];
    return taken.every(([low, high]) => high < first || low > last);
  });
}

/** First and last address as numbers; undefined for a default route, which overlaps everything and takes nothing. */
function range(network: string): readonly [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(network);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1, 5).map(Number);
  const length = Number(match[5] ?? 32);
  if (length === 0) return undefined;
  const size = 2 ** (32 - length);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return [first, first + size - 1];
}
