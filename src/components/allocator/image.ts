import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { BinaryImage } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

/** The target allocator is a program of the operator's module. */
export const allocatorModule = 'github.com/open-telemetry/opentelemetry-operator';
export const allocatorPackage = `${allocatorModule}/cmd/otel-allocator`;

const monitorsModule = 'github.com/prometheus-operator/prometheus-operator';

/** Folder of the module that an allocator reads monitors with, and in it the definitions of those that it reads. */
const definitionsFolder = 'example/prometheus-operator-crd';
export const monitorDefinitions: readonly string[] = ['servicemonitors', 'podmonitors', 'probes', 'scrapeconfigs'].map((one) => `${definitionsFolder}/monitoring.coreos.com_${one}.yaml`);

/** Versions of the target allocator that can be had, newest first. */
export function allocatorVersions(): readonly string[] {
  return lockedVersions('allocator', locksDir);
}

/**
 * Upstream's release build sets no version in it, so neither does this one.
 */
export function allocatorImage(version: string): BinaryImage {
  const lock = lockOf('allocator', version, locksDir);
  return {
    component: 'allocator',
    version,
    registryImage: `otel/target-allocator:${version}`,
    build: {
      name: 'allocator', version, ...lock, package: allocatorPackage, usualSeconds: 145,
      // Without a lock nobody says which version of that module it is.
      ...(lock.unlocked ? {} : { home: [definitionsFolder], homeModule: monitorsModule }),
    },
    entrypoint: '/target-allocator',
    // Upstream's image runs as this user.
    user: 65532,
  };
}
