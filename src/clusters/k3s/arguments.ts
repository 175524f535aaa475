import { hasSysResource } from '../sys-resource.ts';

/** The kernel's table of connections is the machine's; a container may not resize it, and kube-proxy would end over that. */
const conntrack = ['max-per-core=0', 'min=0', 'tcp-timeout-established=0s', 'tcp-timeout-close-wait=0s'].map((one) => `--kube-proxy-arg=conntrack-${one}`);

/** Without CAP_SYS_RESOURCE a kubelet can neither protect itself from the kernel's killer nor raise limits, and ends over that unless told. */
const withoutSysResource = ['feature-gates=KubeletInUserNamespace=true', 'oom-score-adj=0'].map((one) => `--kubelet-arg=${one}`);

/** Arguments that k3s needs on this machine. An engine elsewhere is taken to be one like it. */
export async function machineArguments(): Promise<readonly string[]> {
  return ['--flannel-backend=host-gw', ...conntrack, ...(await hasSysResource() ? [] : withoutSysResource)];
}
