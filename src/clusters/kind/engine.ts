import { findProgram } from '../../processes/find.ts';

/** Names of engines that kind takes from its variable. */
const known = ['docker', 'podman', 'nerdctl', 'finch', 'nerdctl.lima'];
/** In the order in which kind looks for one where nobody names it. */
const looked = ['docker', 'nerdctl', 'finch', 'podman'];

/** The program of the container engine that kind uses; kind asks no engine whether it answers before it settles on one. */
export async function engineProgram(): Promise<string | undefined> {
  const named = process.env['KIND_EXPERIMENTAL_PROVIDER'] ?? '';
  if (known.includes(named)) return named;
  const found = await Promise.all(looked.map(async (name) => ((await findProgram(name)) === undefined ? undefined : name)));
  return found.find((name) => name !== undefined);
}
