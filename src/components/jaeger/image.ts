import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

const module = 'github.com/jaegertracing/jaeger';

/** Versions of Jaeger 2 that can be had, newest first. Their module is named by the version of Jaeger 1 that was released with it: 2.7.0 is v1.70.0. */
export function jaegerVersions(): readonly string[] {
  return lockedVersions('jaeger', locksDir);
}

export function jaegerImage(version: string): ImageRecipe {
  return {
    component: 'jaeger',
    version,
    registryImage: `jaegertracing/jaeger:${version}`,
    build: {
      name: 'jaeger',
      version,
      ...lockOf('jaeger', version, locksDir),
      package: `${module}/cmd/jaeger`,
      linkerVariables: { [`${module}/internal/version.latestVersion`]: `v${version}` },
      usualSeconds: 134,
    },
    entrypoint: '/jaeger',
  };
}
