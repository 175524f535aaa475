import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

const module = 'github.com/grafana/tempo';

/** Versions of Tempo that can be had, newest first; a date stands for a commit between releases. */
export function tempoVersions(): readonly string[] {
  return lockedVersions('tempo', locksDir);
}

export function tempoImage(version: string): ImageRecipe {
  return {
    component: 'tempo',
    version,
    registryImage: `grafana/tempo:${version}`,
    build: {
      name: 'tempo',
      version,
      ...lockOf('tempo', version, locksDir),
      package: `${module}/cmd/tempo`,
      linkerVariables: { 'main.Version': version },
      usualSeconds: 116,
    },
    entrypoint: '/tempo',
  };
}
