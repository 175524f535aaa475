/** Quantities of memory as Kubernetes writes them; it says 2Gi where a kubelet said 2097152Ki. */
const units: Readonly<Record<string, number>> = {
  '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
};

/** Bytes of a quantity (`512Mi`, `1.5G`); undefined of what is none. */
export function bytesOf(quantity: unknown): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(quantity).trim()) ?? [];
  const factor = units[unit];
  return number === '' || factor === undefined ? undefined : Number(number) * factor;
}

/** The same of what an API server answered. @throws Error for what is none */
export function bytesSaid(quantity: string): number {
  const bytes = bytesOf(quantity);
  if (bytes === undefined) throw new Error(`${quantity} is no quantity of memory`);
  return bytes;
}
