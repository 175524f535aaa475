import { fileURLToPath } from 'node:url';
import type { BinaryImage } from '../../images/source.ts';

/** The scrape target's sources are its lock: it needs nothing but the standard library. */
const sourceDir = fileURLToPath(new URL('../../../fixtures/target', import.meta.url));

const version = '1.0.0';

/** The scrape target of the suites, which keeps its own record of who scraped it when. */
export function targetImage(): BinaryImage {
  return {
    component: 'target',
    version,
    build: { name: 'target', version, lockDir: sourceDir, package: '.', usualSeconds: 10 },
    dockerContext: sourceDir,
    entrypoint: '/target',
    user: 65532,
  };
}
