import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

const module = 'github.com/grafana/mimir';

/** Versions of Mimir that can be had, newest first; a date stands for a commit between releases. */
export function mimirVersions(): readonly string[] {
  return lockedVersions('mimir', locksDir);
}

export function mimirImage(version: string): ImageRecipe {
  return {
    component: 'mimir',
    version,
    registryImage: `grafana/mimir:${version}`,
    build: {
      name: 'mimir',
      version,
      ...lockOf('mimir', version, locksDir),
      package: `${module}/cmd/mimir`,
      // Upstream's build also sets Revision and Branch, which a module does not know.
      linkerVariables: { [`${module}/pkg/util/version.Version`]: version },
      usualSeconds: 155,
    },
    entrypoint: '/mimir',
  };
}
