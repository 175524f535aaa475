import { command } from '../../processes/command.ts';
import type { ClusterNames } from './names.ts';

/**
 * Firewalls of this machine that stand between nodes. Docker, ufw and others set the policy of FORWARD or INPUT to DROP,
 * and with br_netfilter that holds for frames inside our own bridge too. Where such a chain has any rule or policy of
 * its own, the bridge is accepted ahead of it.
 */
const chains = ['FORWARD', 'INPUT'] as const;

/** Lets a bridge's traffic pass where a firewall is in use; answers the chains that needed it. */
export async function acceptBridge({ runId, bridge }: Pick<ClusterNames, 'runId' | 'bridge'>): Promise<readonly string[]> {
  const needed: string[] = [];
  for (const chain of chains) {
    const rules = await rulesOf(chain);
    if (rules.length <= 1 && !rules[0]?.endsWith('DROP')) continue;
    needed.push(chain);
    await iptables(['-I', chain, '-i', bridge, '-j', 'ACCEPT'], runId);
    if (chain === 'FORWARD') await iptables(['-I', chain, '-o', bridge, '-j', 'ACCEPT'], runId);
  }
  return needed;
}

/** The rules that name a bridge of which `isOurs` says so, as `iptables -S` prints them. */
export async function rulesOfBridges(isOurs: (link: string) => boolean): Promise<readonly string[]> {
  const rules = (await Promise.all(chains.map(rulesOf))).flat();
  return rules.filter((rule) => bridgeOf(rule) !== undefined && isOurs(bridgeOf(rule) ?? ''));
}

/** Removes a rule that rulesOfBridges answered. */
export async function removeRule(rule: string): Promise<void> {
  await iptables(['-D', ...rule.split(' ').slice(1)]);
}

/** The bridge that a rule of acceptBridge names. */
export function bridgeOf(rule: string): string | undefined {
  return /^-A (?:FORWARD|INPUT) -[io] (\S+) -j ACCEPT$/.exec(rule)?.[1];
}

async function rulesOf(chain: string): Promise<readonly string[]> {
  // No iptables here, or no right to it: then no firewall of its kind is in use.
  const text = await iptables(['-S', chain]).catch(() => '');
  return text.split('\n').filter(Boolean);
}

function iptables(args: readonly string[], runId?: string): Promise<string> {
  return command('iptables', ['-w', '10', ...args], runId === undefined ? {} : { runId });
}
