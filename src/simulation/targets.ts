/** Simulated targets are numbers from 0; a target's address is its number, so that an answer is read back without a table. */

/** 10.0.0.0/8 has that many addresses. */
export const mostTargets = 1_000_000;

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

export function nodeName(node: number): string {
  return `node-${node}`;
}

/** One group of a file that Prometheus' `file_sd_configs` reads. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A target as Kubernetes' discovery tells of a pod: a group of its own, with the labels that most pods have. They are what an allocator
 * keeps in memory and hashes.
 */
export function targetGroup(target: number, nodes: number): TargetGroup {
  const pod = `app-${target % 97}-${target}`;
  const meta = {
    namespace: `team-${target % 41}`, pod_name: pod, pod_ip: addressOf(target).split(':')[0] ?? '', pod_node_name: nodeName(nodeOf(target, nodes)),
    pod_host_ip: '192.0.2.1', pod_ready: 'true', pod_phase: 'Running', pod_uid: `00000000-0000-4000-8000-${String(target).padStart(12, '0')}`,
    pod_controller_kind: 'ReplicaSet', pod_controller_name: `app-${target % 97}`, pod_label_app: `app-${target % 97}`, pod_labelpresent_app: 'true',
    pod_container_name: 'app', pod_container_port_name: 'metrics', pod_container_port_number: String(port), pod_container_port_protocol: 'TCP',
  };
  return { targets: [addressOf(target)], labels: Object.fromEntries(Object.entries(meta).map(([name, value]) => [`__meta_kubernetes_${name}`, value])) };
}
