import { access, readFile } from 'node:fs/promises';
import { mayInstall, installPackages } from '../../processes/apt.ts';
import { command } from '../../processes/command.ts';
import type { RunContext } from '../../run/context.ts';
import { runSteps } from '../../run/steps.ts';
import { freeMemoryMiB } from '../free-memory.ts';
import type { Abilities } from '../provider.ts';
import { maxNodes } from './addresses.ts';
import { topGroupOccupied } from './cgroup-files.ts';
import { cgroupLayout } from './cgroups.ts';
import { missingPackages } from './machine.ts';
import { clusterIndexes } from './names.ts';

/** Looks at this machine and changes nothing. */
export async function lookForAbilities(): Promise<Abilities> {
  const missing = await missingPackages();
  const apt = await mayInstall();
  const obstacles = [
    ...(process.platform === 'linux' ? [] : [`Embedded clusters need Linux; this is ${process.platform}.`]),
    ...(process.getuid?.() === 0 ? [] : ['Embedded clusters need root: run the same command with sudo.']),
    ...(await kernelObstacles()),
    ...(missing.length > 0 && !apt ? [`Not installed, and there is no apt-get here: ${missing.join(', ')}. Install them with this machine's package manager.`] : []),
  ];
  const free = await freeMemoryMiB();
  const notes = missing.length > 0 && apt ? [`${missing.join(', ')} will be installed with apt-get.`] : [];
  return {
    usable: obstacles.length === 0,
    findings: [...obstacles, ...notes],
    installable: apt ? missing : [],
    nodeMemory: 'enforced',
    nodeFiles: true,
    ...(free === undefined ? {} : { freeMemoryMiB: free }),
    imageArchives: true,
    pullsImages: false,
    // One character of a name counts them; addresses are planned for this many nodes.
    clusters: clusterIndexes.length,
    nodes: maxNodes,
    ownNodes: true,
    nodesChange: true,
    podsReachableFromHost: true,
  };
}

const occupied = 'The topmost cgroup seen here has processes in it, so that no group below it can be limited: start this container with `--privileged --cgroupns=host`.';

/** What the kernel lacks, where it says so without being asked to do anything. */
async function kernelObstacles(): Promise<readonly string[]> {
  const filesystems = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  const modular = await exists('/lib/modules');
  const layout = await cgroupLayout().catch(() => undefined);
  const controllers = layout?.version === 2 ? layout.controllers : (layout?.hierarchies ?? []).flatMap((one) => one.options.split(','));
  return [
    ...(filesystems.includes('overlay') || modular ? [] : ['This kernel has no overlay file system, which containers are made of.']),
    ...['memory', 'cpu', 'pids']
      .filter((one) => !controllers.includes(one))
      .map((one) => `The cgroup controller ${one} is not available: boot with it, or give this container its cgroups.`),
    ...(layout?.version === 2 && (await topGroupOccupied(layout.root)) ? [occupied] : []),
  ];
}

/**
 * Installs missing Debian packages, without starting any service of theirs, and loads the kernel's bridge filter: without
 * it, a pod that reaches a service on its own node gets answers that were never translated back.
 *
 * @throws PlumblineError PL-COMMAND-FAILED when apt-get does not succeed
 */
export async function prepare(context: RunContext): Promise<void> {
  const packages = await missingPackages();
  if (packages.length > 0) {
    await runSteps(context.emit)('cluster', `install ${packages.join(', ')}`, () => installPackages(packages, context.signal));
  }
  // A kernel that has it built in needs no loading, and one that lacks it can't be helped.
  if (!(await exists(bridgeFilter))) await command('modprobe', ['br_netfilter']).catch(() => undefined);
}

const bridgeFilter = '/proc/sys/net/bridge/bridge-nf-call-iptables';

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
