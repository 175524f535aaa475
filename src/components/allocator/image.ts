import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { BinaryImage } from '../../images/source.ts';

const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

const module = 'github.com/open-telemetry/opentelemetry-operator';

/** Versions of the target allocator that can be had, newest first. */
export function allocatorVersions(): readonly string[] {
  return lockedVersions(locksDir);
}

/**
 * The target allocator, which is a program of the operator's module. Upstream's release build sets no version in it, so
 * neither does this one.
 */
export function allocatorImage(version: string): BinaryImage {
  return {
    component: 'allocator',
    version,
    registryImage: `otel/target-allocator:${version}`,
    build: { name: 'allocator', version, ...lockOf('allocator', version, locksDir), package: `${module}/cmd/otel-allocator`, usualSeconds: 145 },
    entrypoint: '/target-allocator',
    // Upstream's image runs as this user.
    user: 65532,
  };
}
