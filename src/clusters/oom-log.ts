import { execa } from 'execa';

/** A process that the kernel ended for want of memory. */
export interface OomKill {
  /** Seconds since boot. */
  readonly atSeconds: number;
  /** The group whose limit was reached, as the machine calls it. */
  readonly limitOf: string;
  /** The group of the process that the kernel chose. */
  readonly chosenIn: string;
  /** Its name, cut off at 15 characters as the kernel has it. */
  readonly process: string;
}

/** Bounds one reading; it takes milliseconds. */
const readTimeoutMs = 5000;

/**
 * What the kernel's log says of processes that it ended, oldest first; undefined where it may not be read, as in containers. It is a
 * ring: what is old may be gone.
 */
export async function oomKills(): Promise<readonly OomKill[] | undefined> {
  const { stdout, failed } = await execa('dmesg', { reject: false, timeout: readTimeoutMs });
  return failed ? undefined : parseOomKills(stdout);
}

/** One line of mm/oom_kill.c for each; a kill without a group's limit is the machine's own and not among them. */
export function parseOomKills(log: string): readonly OomKill[] {
  const line = /^\[\s*(?<at>[\d.]+)\] oom-kill:.*[:,]oom_memcg=(?<limitOf>[^,]+),task_memcg=(?<chosenIn>[^,]+),task=(?<process>.*),pid=\d+/gm;
  return [...log.matchAll(line)].map(({ groups = {} }) => ({
    atSeconds: Number(groups['at']), limitOf: groups['limitOf'] ?? '', chosenIn: groups['chosenIn'] ?? '', process: groups['process'] ?? '',
  }));
}
