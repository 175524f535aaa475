import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { BinaryImage } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

/** The target allocator is a program of the operator's module. */
export const allocatorModule = 'github.com/open-telemetry/opentelemetry-operator';
export const allocatorPackage = `${allocatorModule}/cmd/otel-allocator`;

/** Versions of the target allocator that can be had, newest first. */
export function allocatorVersions(): readonly string[] {
  return lockedVersions('allocator', locksDir);
}

/**
 * Upstream's release build sets no version in it, so neither does this one.
 */
export function allocatorImage(version: string): BinaryImage {
  return {
    component: 'allocator',
    version,
    registryImage: `otel/target-allocator:${version}`,
    build: { name: 'allocator', version, ...lockOf('allocator', version, locksDir), package: allocatorPackage, usualSeconds: 145 },
    entrypoint: '/target-allocator',
    // Upstream's image runs as this user.
    user: 65532,
  };
}
