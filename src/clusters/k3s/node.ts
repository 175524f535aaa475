import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { K3sContainer } from '@testcontainers/k3s';
import type { HostConfig } from 'dockerode';
import { GenericContainer } from 'testcontainers';
import { reservedTaint } from '../provider.ts';
import type { NodeSpec } from '../provider.ts';
import { nodeContainer, nodeLabels } from './names.ts';
import { keptLines } from './running.ts';

/** What all nodes of a cluster are started with. */
export interface NodeKind {
  readonly runId: string;
  readonly cluster: string;
  readonly image: string;
  readonly network: string;
  readonly token: string;
  /** Arguments of every node. */
  readonly args: readonly string[];
  /** registries.yaml; undefined where nodes pull from where images say. */
  readonly registries: string | undefined;
  /** 2: the engine's machine has one cgroup hierarchy. */
  readonly cgroupVersion: 1 | 2;
}

/**
 * Run before k3s. The kubelet takes its node's size from /proc/meminfo, which in a container is the machine's: it gets one of the
 * size that the container is limited to, as k3d does.
 */
const entry = `set -eu
if [ -n "$NODE_KIB" ]; then
  sed -E "s/^(MemTotal|MemFree|MemAvailable):.*/\\1: $NODE_KIB kB/; s/^(SwapTotal|SwapFree):.*/\\1: 0 kB/" /proc/meminfo > /run/meminfo
  mount --bind /run/meminfo /proc/meminfo
fi
exec /bin/k3s "$@"`;

/** The first node of a cluster, which has its control plane too. */
export class ServerNode extends K3sContainer {
  /** The last lines of what it prints. The library removes a server that does not get ready, and its log with it. */
  readonly log: string[] = [];
  #printing: Readable | undefined;

  constructor(kind: NodeKind, spec: NodeSpec, names: readonly string[]) {
    super(kind.image);
    this.hostConfig = { ...this.hostConfig, ...limits(kind, spec) };
    shape(this, kind, spec).withCommand(['server', ...without, ...names.map((name) => `--tls-san=${name}`), ...nodeArguments(kind, spec)])
      .withLogConsumer((printing) => {
        this.#printing = printing.on('data', (text: unknown) => this.#keep(String(text)));
      });
  }

  #keep(text: string): void {
    this.log.push(...text.split('\n').filter(Boolean));
    this.log.splice(0, this.log.length - keptLines);
  }

  /** Resolves when all that it has printed is in the log. */
  async printed(): Promise<void> {
    if (this.#printing) await finished(this.#printing, { cleanup: true }).catch(() => undefined);
  }
}

/** Any further node. */
export class AgentNode extends GenericContainer {
  constructor(kind: NodeKind, spec: NodeSpec, server: string) {
    super(kind.image);
    this.hostConfig = { ...this.hostConfig, ...limits(kind, spec) };
    shape(this, kind, spec).withPrivilegedMode().withTmpFs({ '/run': 'rw', '/var/run': 'rw' })
      .withCommand(['agent', `--server=https://${server}:6443`, ...nodeArguments(kind, spec)]);
  }
}

/** What k3s brings along and no claim needs: it would take memory of the nodes, and images to pull. */
const without = ['traefik', 'servicelb', 'metrics-server', 'local-storage'].map((name) => `--disable=${name}`);

function nodeArguments({ args }: NodeKind, { name, evictionMiB, reserved }: NodeSpec): readonly string[] {
  return [
    `--node-name=${name}`,
    ...(evictionMiB === undefined ? [] : [`--kubelet-arg=eviction-hard=memory.available<${evictionMiB === 0 ? '0%' : `${evictionMiB}Mi`}`]),
    ...(reserved ? [`--kubelet-arg=register-with-taints=${reservedTaint.key}=:${reservedTaint.effect}`] : []),
    ...args,
  ];
}

/** CgroupnsMode is Docker's, but not in the types of its client. */
function limits({ cgroupVersion }: NodeKind, { memoryMiB }: NodeSpec): HostConfig & { readonly CgroupnsMode: string } {
  const bytes = memoryMiB === undefined ? {} : { Memory: memoryMiB * 1024 ** 2, MemorySwap: memoryMiB * 1024 ** 2 };
  // Pods' groups lie below the container's then, and so within its limit. In v1 they do by themselves.
  return { ...bytes, CgroupnsMode: cgroupVersion === 2 ? 'private' : 'host' };
}

function shape<Node extends GenericContainer>(node: Node, kind: NodeKind, spec: NodeSpec): Node {
  const kibibytes = spec.memoryMiB === undefined ? '' : String(spec.memoryMiB * 1024);
  return node
    .withName(nodeContainer(kind.runId, kind.cluster, spec.name)).withHostname(spec.name).withNetworkMode(kind.network).withLabels(nodeLabels(kind.runId, kind.cluster))
    // The machine's whole cgroup tree, which K3sContainer mounts, would be shared by all nodes: each kubelet would end the others' pods.
    .withBindMounts([])
    // What is left is removed by label: a helper container that removes it with this process would also end what a user keeps.
    .withAutoCleanup(false)
    .withEnvironment({ K3S_TOKEN: kind.token, NODE_KIB: kibibytes }).withEntrypoint(['/bin/sh', '-c', entry, 'k3s'])
    .withCopyContentToContainer([
      // Who tells machines apart by this would take all nodes for one.
      { content: `${randomUUID().replaceAll('-', '')}\n`, target: '/etc/machine-id' },
      ...(kind.registries === undefined ? [] : [{ content: kind.registries, target: '/etc/rancher/k3s/registries.yaml' }]),
    ]);
}
