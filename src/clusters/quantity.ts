/** Factors of a quantity's suffixes, as Kubernetes writes memory; it says 2Gi where a kubelet said 2097152Ki. */
const factors: Readonly<Record<string, number>> = { '': 1, K: 1e3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 };

/** A quantity of memory in bytes. @throws Error for what is none */
export function bytesOf(quantity: string): number {
  const [, number = '', suffix = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = factors[suffix];
  if (number === '' || factor === undefined) throw new Error(`${quantity} is no quantity of memory`);
  return Number(number) * factor;
}
