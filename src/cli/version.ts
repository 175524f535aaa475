import { hostFacts } from '../reports/environment.ts';

/** `plumbline version`: one line for a person, or what a report of a defect needs as JSON. */
export async function version(_words: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<number> {
  const { plumbline, node, os, kernel } = hostFacts();
  const json = JSON.stringify({ plumbline, node, os, kernel });
  process.stdout.write(flags['json'] === true ? `${json}\n` : `plumbline ${plumbline} (node ${node}, ${os}, kernel ${kernel})\n`);
  return 0;
}
