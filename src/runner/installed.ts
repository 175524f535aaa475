import { backendNames } from '../components/backend.ts';
import { deploy } from '../platform/deploy.ts';
import type { Installed } from '../platform/installed-spec.ts';
import type { ResolvedClaim } from './plan.ts';
import type { Session } from './session.ts';
import { stagedClusters } from './stage.ts';

/**
 * Looks whether the user's own platform answers, before any claim is judged on it: as each claim's own side would.
 * @throws PlumblineError PL-INSTALLED-UNREACHABLE, PL-INSTALLED-REFUSED
 */
export async function installedAnswers({ supply, recorder, context }: Pick<Session, 'supply' | 'recorder' | 'context'>, [first]: readonly ResolvedClaim[], installed: Installed): Promise<void> {
  const spec = first?.sides[0]?.spec;
  if (!spec) return;
  for (const name of backendNames) {
    if (!installed[name]) recorder.problem(`nothing is said of ${name}: platform.installed does not name it`);
    else if (installed[name].otlp === undefined) recorder.problem(`nothing is said of writes to ${name}: platform.installed does not say where they go (otlp)`);
  }
  const staged = await stagedClusters(await supply.stage(spec));
  await recorder.step('platform', 'your platform answers', ({ note }) =>
    deploy({ runId: context.id, spec, name: 'first-look', installed, ...staged, signal: context.signal, ownTargets: false, note, step: recorder.step }));
}
