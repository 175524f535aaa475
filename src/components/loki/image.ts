import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

const module = 'github.com/grafana/loki/v3';

/** Versions of Loki that can be had, newest first. */
export function lokiVersions(): readonly string[] {
  return lockedVersions('loki', locksDir);
}

export function lokiImage(version: string): ImageRecipe {
  return {
    component: 'loki',
    version,
    registryImage: `grafana/loki:${version}`,
    build: {
      name: 'loki',
      version,
      ...lockOf('loki', version, locksDir),
      package: `${module}/cmd/loki`,
      linkerVariables: { [`${module}/pkg/util/build.Version`]: version },
      usualSeconds: 169,
    },
    entrypoint: '/loki',
  };
}
