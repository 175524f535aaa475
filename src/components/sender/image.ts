import { fileURLToPath } from 'node:url';
import type { BinaryImage } from '../../images/source.ts';

/** The sender's sources are its lock: it needs nothing but the standard library. */
const sourceDir = fileURLToPath(new URL('../../../fixtures/sender', import.meta.url));

const version = '1.0.0';

/** The sender of numbered items, one pod a cluster. */
export function senderImage(): BinaryImage {
  return {
    component: 'sender',
    version,
    build: { name: 'sender', version, lockDir: sourceDir, package: '.', usualSeconds: 15 },
    dockerContext: sourceDir,
    entrypoint: '/sender',
    user: 65532,
  };
}
