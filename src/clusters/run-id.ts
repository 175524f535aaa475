import { PlumblineError } from '../errors.ts';

/** Guards what removes by name. @throws PlumblineError PL-RUN-UNKNOWN for what no run can be called */
export function checkRunId(runId: string): void {
  if (/^[a-z0-9]{6}$/.test(runId)) return;
  throw new PlumblineError({
    code: 'PL-RUN-UNKNOWN', kind: 'usage', expected: 'the id of a run: six characters of a-z and 0-9', seen: `\`${runId}\``,
    next: '`plumbline down` without an id removes every run that is over.',
  });
}
