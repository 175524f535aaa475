import { downloadModules } from '../fetch.ts';
import type { GoBuild } from '../recipe.ts';
import type { GoTools } from '../source.ts';
import { runTool } from '../tool.ts';

/**
 * Makes sure that a build needs nothing that its lock lacks: has everything downloaded that it imports, as a build would, and the
 * module cache compared with go.sum. Compiles nothing but the collector's builder.
 *
 * @throws ToolFailure
 */
export async function checkLock(build: GoBuild, { signal, runId, go }: { readonly signal: AbortSignal; readonly runId: string; readonly go: GoTools }): Promise<void> {
  await downloadModules(build, { signal, runId });
  await runTool(['go', 'mod', 'verify'], { ...go, cwd: build.lockDir });
}
