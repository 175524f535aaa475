import { fileURLToPath } from 'node:url';
import type { BinaryImage } from '../../images/source.ts';

/** The gate's sources are its lock: it needs nothing but the standard library. */
const sourceDir = fileURLToPath(new URL('../../../fixtures/gate', import.meta.url));

const version = '1.0.0';

/** The gate between collectors and backends, one pod a side; the same program is the hand of outages on a node. */
export function gateImage(): BinaryImage {
  return {
    component: 'gate',
    version,
    build: { name: 'gate', version, lockDir: sourceDir, package: '.', usualSeconds: 15 },
    dockerContext: sourceDir,
    entrypoint: '/gate',
    user: 65532,
  };
}
