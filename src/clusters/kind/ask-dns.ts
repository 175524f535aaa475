/**
 * How a node asks the cluster's DNS. Its image has no program for that, but a shell that opens connections: the question goes over
 * TCP, byte by byte as RFC 1035 has it.
 */

/** Type A, class IN, recursion desired. */
function question(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const message = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1];
  return Buffer.from([0, message.length, ...message]);
}

/** Bounded, for nobody ends a program in a container when the one that started it from outside is gone. */
const script = 'exec 3<>"/dev/tcp/$0/53" && printf "$1" >&3 && head -c 14 <&3 | od -An -v -tx1';

/** The command line of the question; its output is for `mustAnswer`. */
export function askDns(server: string, name: string): readonly string[] {
  const bytes = [...question(name)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  return ['timeout', '3', 'bash', '-c', script, server, bytes];
}

/** @throws Error where what came back holds no address */
export function mustAnswer(output: string): void {
  const bytes = output.trim().split(/\s+/).map((byte) => Number.parseInt(byte, 16));
  // Two bytes of length; in the header after them the code of the answer, and the number of its records.
  const [code, records] = [(bytes[5] ?? 0) & 0xf, ((bytes[8] ?? 0) << 8) | (bytes[9] ?? 0)];
  if (bytes.length < 14) throw new Error('no answer');
  if (code !== 0 || records === 0) throw new Error(code === 0 ? 'an answer without an address' : `an answer with code ${code}`);
}
