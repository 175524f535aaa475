import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { lastCause } from '../../errors.ts';
import { configRefused } from './user-config-refused.ts';

const settings = z.record(z.string(), z.json());
const components = z.record(z.string(), settings.nullable()).nullish().transform((all) => all ?? {});
const ids = z.array(z.string()).nullish().transform((all) => all ?? []);
const pipeline = z.looseObject({ receivers: ids, processors: z.array(z.string()).nullish(), exporters: ids });

/** A collector's configuration, as far as it is looked at. */
const document = z.looseObject({
  processors: components, exporters: components, connectors: components,
  service: z.looseObject({ extensions: ids, telemetry: settings.nullish(), pipelines: z.record(z.string(), pipeline.nullable()) }),
});

export type ConfigDocument = z.infer<typeof document>;
export type DocumentPipeline = z.infer<typeof pipeline>;

/** Plain, the operator's resource, or the values of a Helm chart, which has defaults beneath them. */
export type ConfigForm = 'plain' | 'resource' | 'helm';

/** A configuration found in a YAML document. */
interface Found {
  readonly form: ConfigForm;
  readonly config: unknown;
}

/** The blocks of a configuration; what has one of them is meant to be one. */
const blocks = ['receivers', 'processors', 'exporters', 'connectors', 'service'];

/** What to do about values of a chart: what they leave out, the chart has. */
export const helmNext = 'a chart has defaults beneath `config`: write the whole configuration, which `helm template` prints, into a file of its own';

/**
 * The one configuration in a text: plain, in an OpenTelemetryCollector resource, or in Helm values under `config`.
 * @throws PlumblineError PL-COLLECTOR-CONFIG
 */
export function documentIn(text: string, file: string): { readonly form: ConfigForm; readonly document: ConfigDocument } {
  const found = yamlDocuments(text, file).flatMap((one) => foundIn(one, file));
  const [first] = found;
  if (!first) throw configRefused(file, 'a collector\'s configuration (plain, an OpenTelemetryCollector, or Helm values with `config:`)', 'none');
  if (found.length > 1) throw configRefused(file, 'one collector\'s configuration', `${found.length} documents that have one`, 'write the one that is meant into a file of its own');
  const parsed = document.safeParse(first.config);
  if (parsed.success) return { form: first.form, document: parsed.data };
  const issue = parsed.error.issues[0];
  throw configRefused(file, 'a collector\'s configuration', `${issue?.path.join('.') || 'the whole of it'}: ${issue?.message ?? 'no configuration'}`, first.form === 'helm' ? helmNext : undefined);
}

function yamlDocuments(text: string, file: string): readonly unknown[] {
  // Merge keys are taken by the collector's own reader, too.
  return [...parseAllDocuments(text, { merge: true })].map((one) => {
    const [broken] = one.errors;
    if (broken) throw configRefused(file, 'YAML', broken.message.split('\n')[0] ?? '', undefined, broken);
    return one.toJS() as unknown;
  });
}

function foundIn(value: unknown, file: string): readonly Found[] {
  if (!isMapping(value)) return [];
  if (value['kind'] === 'OpenTelemetryCollector') return [{ form: 'resource', config: ofResource(value, file) }];
  // Any other object of Kubernetes, which may well have a `config` of its own.
  if (value['kind'] !== undefined) return [];
  if (blocks.some((name) => isMapping(value[name]))) return [{ form: 'plain', config: value }];
  const { config } = value;
  return isMapping(config) && blocks.some((name) => isMapping(config[name])) ? [{ form: 'helm', config }] : [];
}

/** v1beta1 has it as a mapping, v1alpha1 as a text. */
function ofResource({ spec }: Readonly<Record<string, unknown>>, file: string): unknown {
  const config = isMapping(spec) ? spec['config'] : undefined;
  if (typeof config !== 'string') return config;
  try {
    return parse(config, { merge: true });
  } catch (error) {
    throw configRefused(file, 'YAML under spec.config', lastCause(error).split('\n')[0] ?? '', undefined, error);
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
