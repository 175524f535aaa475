import { writeFileSync } from 'node:fs';
import { reportJsonSchema } from './report.ts';

/** Writes the published schema again after report.ts has changed: `node src/reports/write-schema.ts`. */
writeFileSync(new URL('report.schema.json', import.meta.url), `${JSON.stringify(reportJsonSchema(), undefined, 2)}\n`);
