import { exitCodes } from '../errors.ts';
import type { Plan } from '../reports/plan.ts';
import { claimsText, planText } from '../reports/plan-text.ts';
import { styleOf } from '../reports/style.ts';
import { runOptions } from './run-options.ts';
import type { RunFlags } from './run-options.ts';
import { loadRunner } from './runner.ts';
import type { Runner } from './runner.ts';

interface PlanFlags {
  readonly json?: boolean;
  readonly color?: boolean;
}

/** `plumbline list`: the claims, what each needs, and its twin. */
export async function list(selectors: readonly string[], flags: RunFlags & PlanFlags, load: () => Promise<Runner> = loadRunner): Promise<number> {
  const runner = await load();
  return showPlan(await runner.planRun(await runOptions(selectors, flags)), 'list', flags);
}

/** Prints a plan; a dry run of what could not run here ends as that run would. */
export function showPlan(plan: Plan, as: 'list' | 'dry-run', flags: PlanFlags): number {
  const style = styleOf(process.stdout, flags.color ?? true);
  const text = as === 'list' ? claimsText(plan, style) : planText(plan, style);
  process.stdout.write(flags.json === true ? `${JSON.stringify(plan, undefined, 2)}\n` : text);
  return as === 'dry-run' && plan.problems.length > 0 ? exitCodes.environment : exitCodes.kept;
}
