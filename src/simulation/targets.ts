/** Simulated targets are numbers from 0; a target's address is its number, so that an answer is read back without a table. */

const port = 9090;

export function addressOf(target: number): string {
  return `10.${target >> 16}.${(target >> 8) & 255}.${target & 255}:${port}`;
}

/** The target that has an address; undefined where it is none of the simulation's. */
export function targetOf(address: string): number | undefined {
  const [, high = '', middle = '', low = ''] = /^10\.(\d+)\.(\d+)\.(\d+):9090$/.exec(address) ?? [];
  return high === '' ? undefined : Number(high) * 65_536 + Number(middle) * 256 + Number(low);
}

/** Targets are dealt out to nodes in turn: no node has more than one more than another. */
export function nodeOf(target: number, nodes: number): number {
  return target % nodes;
}

/** How many targets a node has. */
export function countOn(node: number, { nodes, targets }: { readonly nodes: number; readonly targets: number }): number {
  return Math.floor((targets - node - 1) / nodes) + 1;
}

export function nodeName(node: number): string {
  return `node-${node}`;
}

/** One group of a file that Prometheus' `file_sd_configs` reads. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A target as Kubernetes' discovery tells of a pod: a group of its own, with labels that are what an allocator keeps in memory and hashes.
 * Eight of them; real pods have twenty and more.
 */
export function targetGroup(target: number, nodes: number): TargetGroup {
  const app = `app-${target % 97}`;
  const meta = {
    namespace: `team-${target % 41}`, pod_name: `${app}-${target}`, pod_ip: addressOf(target).split(':')[0] ?? '', pod_ready: 'true',
    pod_node_name: nodeName(nodeOf(target, nodes)), pod_controller_name: app, pod_label_app: app, pod_container_port_name: 'metrics',
  };
  return { targets: [addressOf(target)], labels: Object.fromEntries(Object.entries(meta).map(([name, value]) => [`__meta_kubernetes_${name}`, value])) };
}
