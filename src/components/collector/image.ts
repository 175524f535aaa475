import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { BinaryImage } from '../../images/source.ts';

/** Path of the program in its image. */
export const collectorProgram = '/otelcol';

/** A folder a version. */
export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

/** Versions of the collector that can be had, newest first. */
export function collectorVersions(): readonly string[] {
  return lockedVersions('collector', locksDir);
}

/**
 * A collector with the components that the platforms' pipelines name: see builder.yaml of its lock.
 */
export function collectorImage(version: string): BinaryImage {
  return {
    component: 'collector',
    version,
    registryImage: `otel/opentelemetry-collector-contrib:${version}`,
    build: { name: 'collector', version, ...lockOf('collector', version, locksDir), package: '.', generator: 'ocb', usualSeconds: 165 },
    entrypoint: collectorProgram,
    // Upstream's image runs as this user.
    user: 10001,
  };
}
