import type { ContainerRuntimeClient } from 'testcontainers';
import { lastCause } from '../../errors.ts';

/** The container engine, as the testcontainers library finds it: DOCKER_HOST, TESTCONTAINERS_*, contexts and default sockets are heeded. */
export type Engine = ContainerRuntimeClient;

/** Milliseconds; one that answers at all does so within a fraction of it. */
const answerTimeoutMs = 5000;

/** The engine, or why there is none, in a sentence for a person. The library is loaded here only: it costs 30 MB that other providers' runs need not carry. */
export async function findEngine(): Promise<Engine | string> {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    return await within(getContainerRuntimeClient(), 'it did not answer in time');
  } catch (thrown) {
    return `No Docker engine answers (${lastCause(thrown)}): start one, or say where it is with DOCKER_HOST.`;
  }
}

/** What a promise gives, unless it takes too long. */
export async function within<T>(work: Promise<T>, otherwise: string, timeoutMs = answerTimeoutMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(otherwise)), timeoutMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
