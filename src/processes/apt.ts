import { access, rm, writeFile } from 'node:fs/promises';
import { command } from './command.ts';
import { findProgram } from './find.ts';

/** Whether this machine has Debian's package manager; whether this user may use it shows when it is used. */
export async function mayInstall(): Promise<boolean> {
  return (await findProgram('apt-get')) !== undefined;
}

/**
 * Installs Debian packages, without starting any service of theirs.
 *
 * @throws PlumblineError PL-COMMAND-FAILED when apt-get does not succeed
 */
export async function installPackages(packages: readonly string[], signal: AbortSignal): Promise<void> {
  await withoutServiceStarts(async () => {
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 600_000, signal };
    await command('apt-get', ['update', '--quiet'], options);
    await command('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', ...packages], options);
  });
}

/** Debian's maintainer scripts ask this program before they start a service; 101 says "not allowed". */
const policy = '/usr/sbin/policy-rc.d';

async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  if (await access(policy).then(() => true, () => false)) return work();
  await writeFile(policy, policyScript(process.pid), { mode: 0o755 });
  try {
    await work();
  } finally {
    await rm(policy, { force: true });
  }
}

/** Forbids service starts while the process lives; should it have been killed, the script removes itself when asked. */
export function policyScript(pid: number): string {
  return `#!/bin/sh\n[ -d /proc/${pid} ] && exit 101\nrm -f "$0"\nexit 0\n`;
}
