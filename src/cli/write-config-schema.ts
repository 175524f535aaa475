import { writeFileSync } from 'node:fs';
import { configJsonSchema } from './config-schema.ts';

/** Writes the published schema again after config-schema.ts has changed: `node src/cli/write-config-schema.ts`. */
writeFileSync(new URL('config.schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
