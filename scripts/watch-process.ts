import { readFile } from 'node:fs/promises';

/** Kernel clock ticks a second (`getconf CLK_TCK`); 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

const sampleMs = 1000;

export interface Watched {
  /** Highest resident memory in MB. */
  readonly peakMb: number;
  /** Median share of one core over seconds, in percent: what the process takes while it mostly waits. */
  readonly medianCpuPercent: number;
}

/** Samples memory and CPU of one process, without its children, once a second until asked for the result. */
export function watchProcess(pid: number): { end(): Watched } {
  const cpu: number[] = [];
  let peakMb = 0;
  let last: { ticks: number; atMs: number } | undefined;
  const timer = setInterval(() => void look(pid).then((seen) => {
    if (!seen) return;
    peakMb = Math.max(peakMb, seen.residentMb);
    if (last) cpu.push(((seen.ticks - last.ticks) / ticksPerSecond / ((seen.atMs - last.atMs) / 1000)) * 100);
    last = seen;
  }), sampleMs);
  return {
    end: () => {
      clearInterval(timer);
      const sorted = cpu.toSorted((a, b) => a - b);
      return { peakMb, medianCpuPercent: sorted[Math.floor(sorted.length / 2)] ?? NaN };
    },
  };
}

async function look(pid: number): Promise<{ residentMb: number; ticks: number; atMs: number } | undefined> {
  const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8')]).catch(() => []);
  if (!stat || !status) return undefined;
  // Fields after the command's closing parenthesis: utime and stime are the 12th and 13th of them (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return { residentMb: residentKb / 1024, ticks: Number(fields[11]) + Number(fields[12]), atMs: performance.now() };
}
