import { command } from '../../processes/command.ts';

/**
 * bash has UDP of its own; a Node in each of fifty nodes' networks would take as much computing as their kubelets. Its printf writes at each line's end, and a label of ten letters is one: dd sends
 * all of it at once.
 */
const script = 'exec 3<>/dev/udp/"$0"/53 && printf "$1" | dd bs=512 iflag=fullblock status=none >&3 && timeout 1 head -c 12 <&3 | od -An -v -tu1';

/** Asks a DNS server for the address of a name, in the network of the process `pid`. @throws Error with what it answered where that is no address */
export async function askDns(pid: number, server: string, name: string, signal: AbortSignal): Promise<void> {
  const header = await command('nsenter', [`--net=/proc/${pid}/ns/net`, 'bash', '-c', script, server, question(name)], { signal });
  const bytes = header.trim().split(/\s+/).filter(Boolean).map(Number);
  if (bytes.length < 12) throw new Error(`${server}: no answer within a second`);
  // RFC 1035, 4.1.1: the code is the low half of the fourth byte, the number of answers the seventh and eighth.
  const [code, answers] = [(bytes[3] ?? 0) & 0x0f, (bytes[6] ?? 0) * 256 + (bytes[7] ?? 0)];
  if (code !== 0 || answers === 0) throw new Error(`${server}: code ${code}, ${answers} addresses of ${name}`);
}

/** A question for an A record that wants recursion, escaped for printf. */
export function question(name: string): string {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const bytes = [0x50, 0x4c, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
