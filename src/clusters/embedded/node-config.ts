import { podLogsFolder, reservedTaint } from '../provider.ts';
import type { NodeSpec } from '../provider.ts';
import type { AddressPlan } from './addresses.ts';
import type { Machine } from './machine.ts';

/** Where a node's programs see the node's folder. */
export const inNode = '/run/plumbline';

/** Plugins not used here, some of which look at or write to places outside the node. */
const unusedPlugins = [
  'snapshotter.v1.aufs', 'snapshotter.v1.btrfs', 'snapshotter.v1.devmapper', 'snapshotter.v1.zfs', 'internal.v1.opt', 'internal.v1.tracing',
  'tracing.processor.v1.otlp',
].map((one) => `"io.containerd.${one}"`);

/** containerd 1.6 and later of version 1. */
export function containerdConfig(pauseImage: string, machine: Machine): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [${unusedPlugins.join(', ')}]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = ${!machine.maySetResources}
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${machine.cniPlugins}"
    conf_dir = "${inNode}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "${inNode}/runtime"
`;
}

/** A bridge a node; the routes between nodes are the nodes' own. */
export function cniConfig(subnet: string): unknown {
  return {
    cniVersion: '0.4.0',
    name: 'plumbline',
    plugins: [
      {
        type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

/** The kubelet of the node with this index. */
export function kubeletConfig(addresses: AddressPlan, index: number, { evictionMiB = 100, reserved }: Pick<NodeSpec, 'evictionMiB' | 'reserved'> = {}): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: addresses.nodes[index]?.address,
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: `${inNode}/pki/ca.crt` } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: `${inNode}/pki/kubelet.crt`,
    tlsPrivateKeyFile: `${inNode}/pki/kubelet.key`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: '/',
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    clusterDNS: [addresses.dnsService],
    clusterDomain: 'cluster.local',
    // Names of this machine's resolver are no part of the cluster.
    resolvConf: '',
    // The kubelet would otherwise set kernel settings of the whole machine, and insist on rights that it may lack.
    featureGates: { KubeletInUserNamespace: true },
    oomScoreAdj: 0,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    // Disk is the machine's, not the node's: only memory pressure is a node's own.
    evictionHard: { 'memory.available': evictionMiB === 0 ? '0%' : `${evictionMiB}Mi`, 'nodefs.available': '1%', 'imagefs.available': '1%', 'nodefs.inodesFree': '1%' },
    ...(reserved ? { registerWithTaints: [reservedTaint] } : {}),
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
    podLogsDir: podLogsFolder,
  };
}

/** kube-proxy of a node. */
export function kubeProxyConfig(addresses: AddressPlan, nodeName: string): unknown {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: `${inNode}/pki/kube-proxy.kubeconfig` },
    clusterCIDR: addresses.podRange,
    hostnameOverride: nodeName,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    oomScoreAdj: 0,
    // A service is there for pods within this time of its change.
    nftables: { minSyncPeriod: '100ms' },
    // These are settings of the machine's kernel, not of a node.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
