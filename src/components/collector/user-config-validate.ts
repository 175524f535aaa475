import { execa } from 'execa';
import { binaryCacheState } from '../../builds/binary.ts';
import { collectorImage } from './image.ts';
import { tenantCollectorConfig } from './tenant-config.ts';
import { podFacts } from './user-config-references.ts';
import type { UserConfig } from './user-config.ts';

/** It takes a tenth of a second (measured). */
const validateTimeoutMs = 20_000;

/** The collector reads a configuration from its environment, too: no file is made. */
const configVariable = 'PLUMBLINE_COLLECTOR_CONFIG';

/** Any backends: nobody is asked. */
const otlpUrls = { mimir: 'http://mimir:8080/otlp', loki: 'http://loki:3100/otlp', tempo: 'http://tempo:4318' };

/**
 * What the collector of a version itself has against what is composed of a user's configuration: settings that it does not know, values that
 * do not go together. Undefined where it takes it, or is not built here yet; it then says the same when it is started.
 */
export async function complaintOf(user: UserConfig, version: string): Promise<string | undefined> {
  // Without Go nothing is built, and nobody is there to ask.
  const binary = await binaryCacheState(collectorImage(version).build).catch(() => undefined);
  if (!binary?.cached) return undefined;
  const facts = Object.fromEntries(Object.keys(podFacts(user)).map((name) => [name, 'any']));
  const env = { ...facts, [configVariable]: tenantCollectorConfig({ tenants: [{ name: 'any', id: 'any' }], otlpUrls, user }) };
  const { exitCode, stderr } = await execa(binary.path, ['validate', `--config=env:${configVariable}`], { env, reject: false, timeout: validateTimeoutMs });
  // 1 is its own verdict; anything else is none.
  return exitCode === 1 ? errorIn(stderr) : undefined;
}

/** `Error: …`, several lines as a rule, and then the first of them again as a line of its log. */
function errorIn(stderr: string): string {
  const [, error = stderr] = /^Error: (.*?)(?:\n\d{4}\/\d\d\/\d\d |$(?![\s\S]))/ms.exec(stderr) ?? [];
  const lines = error.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return lines.join('; ').replaceAll(':; ', ': ');
}
