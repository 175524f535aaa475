import type { KubeconfigFile } from './kubeconfig.ts';

/** The mark of a kubeconfig whose cluster is somebody else's: a field that kubectl passes over. */
const markName = 'plumbline.dev/guest';

/** The id of the run that is a guest there; undefined for a kubeconfig without the mark. */
export function guestOf({ extensions }: KubeconfigFile): string | undefined {
  const mark = extensions?.find(({ name }) => name === markName)?.extension as { run?: unknown } | undefined;
  return typeof mark?.run === 'string' ? mark.run : undefined;
}

export function guestMark(runId: string): KubeconfigFile['extensions'] {
  return [{ name: markName, extension: { run: runId } }];
}
