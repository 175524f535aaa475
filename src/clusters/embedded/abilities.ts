import { access, rm, writeFile } from 'node:fs/promises';
import { command } from '../../processes/command.ts';
import type { RunContext } from '../../run/context.ts';
import { runSteps } from '../../run/steps.ts';
import type { Abilities } from '../provider.ts';
import { findProgram, missingPackages } from './machine.ts';

/** Looks at this machine and changes nothing. */
export async function lookForAbilities(): Promise<Abilities> {
  const missing = await missingPackages();
  const apt = (await findProgram('apt-get')) !== undefined;
  const obstacles = [
    ...(process.platform === 'linux' ? [] : [`Embedded clusters need Linux; this is ${process.platform}.`]),
    ...(process.getuid?.() === 0 ? [] : ['Embedded clusters need root: run the same command with sudo.']),
    ...(missing.length > 0 && !apt ? [`Not installed, and there is no apt-get here: ${missing.join(', ')}. Install them with this machine's package manager.`] : []),
  ];
  const notes = missing.length > 0 && apt ? [`${missing.join(', ')} will be installed with apt-get.`] : [];
  return {
    usable: obstacles.length === 0,
    findings: [...obstacles, ...notes],
    installable: apt ? missing : [],
    nodeMemory: 'enforced',
    imageArchives: true,
    severalClusters: true,
    podsReachableFromHost: true,
  };
}

/** Installs missing Debian packages, without starting any service of theirs. @throws PlumblineError PL-COMMAND-FAILED */
export async function prepare(context: RunContext): Promise<void> {
  const packages = await missingPackages();
  if (packages.length === 0) return;
  await runSteps(context.emit)('cluster', `install ${packages.join(', ')}`, async () => {
    await withoutServiceStarts(async () => {
      const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 600_000, signal: context.signal };
      await command('apt-get', ['update', '--quiet'], options);
      await command('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', ...packages], options);
    });
  });
}

/** Debian's maintainer scripts ask this program before they start a service; 101 says "not allowed". */
const policy = '/usr/sbin/policy-rc.d';

async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  const present = await access(policy).then(() => true, () => false);
  if (present) return work();
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    await rm(policy, { force: true });
  }
}
