import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

/** Versions of k6 that can be had, newest first. */
export function k6Versions(): readonly string[] {
  return lockedVersions('k6', locksDir);
}

export function k6Image(version: string): ImageRecipe {
  return {
    component: 'k6',
    version,
    registryImage: `grafana/k6:${version}`,
    build: { name: 'k6', version, ...lockOf('k6', version, locksDir), package: 'go.k6.io/k6', usualSeconds: 56 },
    entrypoint: '/k6',
    // Upstream's image runs as this user.
    user: 12345,
  };
}
