import { z } from 'zod';
import { runTool } from '../tool.ts';
import type { GoTools } from '../source.ts';

const Named = z.object({ Path: z.string(), Version: z.string().optional() });

const GoModFile = z.object({
  Go: z.string(),
  Require: z.array(z.object({ Path: z.string(), Version: z.string() })).nullish(),
  Replace: z.array(z.object({ Old: Named, New: Named })).nullish(),
  Exclude: z.array(z.object({ Path: z.string(), Version: z.string() })).nullish(),
});

/** What `go mod edit -json` says of a go.mod. */
export type GoMod = z.infer<typeof GoModFile>;

const Downloaded = z.object({ GoMod: z.string(), Dir: z.string(), Sum: z.string(), GoModSum: z.string() });

/** A module as the proxy gave it. */
export interface PublishedModule extends z.infer<typeof Downloaded> {
  readonly goMod: GoMod;
}

/** Fetches one version of a module, with its go.mod read. @param version with its leading v @throws ToolFailure where it cannot be had */
export async function publishedModule(module: string, version: string, cwd: string, tools: GoTools): Promise<PublishedModule> {
  const answer = Downloaded.parse(JSON.parse(await runTool(['go', 'mod', 'download', '-json', `${module}@${version}`], { ...tools, cwd })));
  const goMod = GoModFile.parse(JSON.parse(await runTool(['go', 'mod', 'edit', '-json', answer.GoMod], { ...tools, cwd })));
  return { ...answer, goMod };
}
