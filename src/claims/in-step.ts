/** Work that sides which are judged at the same time share, such as a change of their cluster: it is done once, when all of them have come to it. */
export class InStep {
  #sides: number;
  #waiting: Waiting[] = [];

  /** @param sides how many are judged at the same time */
  constructor(sides: number) {
    this.#sides = sides;
  }

  /** Resolves, or rejects, with the work, which the first side to come to it brings. */
  arrive(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.#goOn();
    });
  }

  /** A side that is over is not waited for any more. */
  leave(): void {
    this.#sides -= 1;
    this.#goOn();
  }

  #goOn(): void {
    const [first] = this.#waiting;
    if (!first || this.#waiting.length < this.#sides) return;
    const all = this.#waiting;
    this.#waiting = [];
    first.work().then(() => all.forEach(({ resolve }) => resolve()), (thrown: unknown) => all.forEach(({ reject }) => reject(thrown)));
  }
}

interface Waiting {
  readonly work: () => Promise<void>;
  resolve(): void;
  reject(thrown: unknown): void;
}
