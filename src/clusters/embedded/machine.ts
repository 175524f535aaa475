import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { findProgram } from '../../processes/find.ts';
import { hasSysResource } from '../sys-resource.ts';
import { cgroupLayout } from './cgroups.ts';
import type { CgroupLayout } from './cgroups.ts';

/** What the embedded cluster uses of this machine. */
export interface Machine {
  readonly cgroups: CgroupLayout;
  readonly runc: string;
  /** Folder of the CNI plugins. */
  readonly cniPlugins: string;
  /** CAP_SYS_RESOURCE is in reach: negative oom scores and raised limits are possible. */
  readonly maySetResources: boolean;
}

/** Programs that nodes are made with, and the Debian package that has each. */
export const neededPrograms: Readonly<Record<string, string>> = {
  containerd: 'containerd', 'containerd-shim-runc-v2': 'containerd', ctr: 'containerd', runc: 'runc',
  bash: 'bash', ip: 'iproute2', nft: 'nftables', nsenter: 'util-linux', unshare: 'util-linux', mount: 'mount',
};

/** Folders that distributions put CNI plugins into. */
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
export const cniPackage = 'containernetworking-plugins';

/** Looks at this machine. @throws PlumblineError PL-MACHINE-INCOMPLETE when a program is not installed */
export async function lookAtMachine(): Promise<Machine> {
  const [cgroups, runc, cniPlugins, maySetResources] = await Promise.all([cgroupLayout(), findProgram('runc'), findCniPlugins(), hasSysResource()]);
  if (runc === undefined) throw missing('runc', 'runc');
  if (cniPlugins === undefined) throw missing('the CNI plugins', cniPackage);
  return { cgroups, runc, cniPlugins, maySetResources };
}

/** Debian packages of what is not installed here. */
export async function missingPackages(): Promise<readonly string[]> {
  const programs = await Promise.all(Object.entries(neededPrograms).map(async ([name, pkg]) => ((await findProgram(name)) === undefined ? [pkg] : [])));
  const plugins = (await findCniPlugins()) === undefined ? [cniPackage] : [];
  return [...new Set([...programs.flat(), ...plugins])];
}

async function findCniPlugins(): Promise<string | undefined> {
  for (const folder of cniFolders) {
    if (await stat(join(folder, 'bridge')).then(() => true, () => false)) return folder;
  }
  return undefined;
}

function missing(what: string, pkg: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-MACHINE-INCOMPLETE', kind: 'environment', expected: `${what} on this machine`, seen: 'no such program in the usual folders',
    next: `Install the package ${pkg}, or let \`plumbline run\` do it as root on Debian or Ubuntu.`,
  });
}
