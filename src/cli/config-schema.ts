import { z } from 'zod';
import { configuredCollector, configuredLoad, configuredNodeSizes, configuredStrategy, configuredVersions } from '../platform/configured.ts';
import { installedSpec } from '../platform/installed-spec.ts';
import { installedKeys, settableKeys } from '../platform/platform-file.ts';
import { userTenants } from '../platform/user-tenants.ts';
import { imageChoices, keepChoices, providerChoices, reporterChoices } from './choices.ts';

/**
 * The shape of plumbline.config. Scalars of a YAML file arrive as text, as from a flag: `0.10` stays `0.10`; of a TypeScript file as
 * they are. config.schema.json beside this file is made from here by write-config-schema.ts.
 */

const text = z.string().min(1);
const setting = z.string().or(z.number().or(z.boolean()).or(z.null()).transform(String));
const flag = z.boolean().or(z.stringbool());
const names = z.array(text).min(1).or(text.transform((list) => list.split(',').map((one) => one.trim())));
const fileOr = <Inline extends z.ZodType>(inline: Inline) => z.union([text, inline]);
/** Read by the verbs that have to do with it: installed-config.ts. */
const installedPlatform = z.unknown();
const mapping = z.record(z.string(), z.json());

const strategy = z.strictObject({
  strategy: configuredStrategy.optional().describe('how it hands targets to collectors'),
  config: fileOr(mapping).optional().describe('its configuration or resource, of which the strategy is taken: a file, relative to this one, or inline'),
});

/** Keys that are no flag's are what platforms are made of; the others are the long names of flags. */
export const configSchema = z.strictObject({
  versions: configuredVersions.optional().describe('of components, in place of those of claims\' platforms; a claim about a pair of versions keeps its own'),
  collector: configuredCollector.extend({
    config: fileOr(mapping).optional().describe('processors, queues and retries of tenants\' collectors: a file, relative to this one, or inline'),
  }).optional().describe('of every platform\'s collectors'),
  // YAML's null is text here, too.
  allocator: z.union([z.null(), z.literal('null').transform(() => null), strategy]).optional().describe('null: collectors discover targets by themselves'),
  nodeSizes: configuredNodeSizes.optional().describe('memory of nodes by name, in place of sizes that claims\' platforms say (node-2 is the small one, node-3 the larger one)'),
  load: configuredLoad.optional().describe('requests to the apps; and, of `plumbline size`, spans'),
  binding: names.optional().describe('claim ids or areas that decide about a run; left out: all claims do'),
  tenants: fileOr(userTenants).optional().describe('your own tenants and their limits by backend: a file, relative to this one, or inline'),
  provider: z.enum(providerChoices).optional(),
  images: z.enum(imageChoices).optional(),
  'k3s-image': text.optional(),
  'k3s-arg': z.array(z.string()).optional(),
  'kind-image': text.optional(),
  kubeconfig: text.optional(),
  context: names.optional(),
  'registry-prefix': text.optional(),
  'push-to': text.optional(),
  keep: z.enum(keepChoices).optional(),
  output: text.optional(),
  reporter: z.enum(reporterChoices).optional(),
  color: flag.optional(),
  quiet: flag.optional(),
  strict: flag.optional(),
  grep: z.string().optional(),
  'fail-fast': flag.optional(),
  repeat: z.coerce.number<number | string>().int().min(1).max(9999).optional(),
  set: z.strictObject(Object.fromEntries([...settableKeys, ...installedKeys].map((key) => [key, setting.optional()]))).optional().describe('as `--set`: of every platform, whatever its claim is about'),
  platform: z.strictObject({ installed: installedPlatform.optional() }).optional(),
});

/** As a file says it. */
export type ConfigInput = Omit<z.input<typeof configSchema>, 'platform'> & { readonly platform?: { readonly installed: z.input<typeof installedSpec> } };

/** The published JSON Schema of plumbline.config.yaml (draft 2020-12), for editors. */
export function configJsonSchema(): object {
  // Any value of an installed platform may be `${NAME}`, of which no pattern holds.
  const { $schema: _, ...installed } = z.toJSONSchema(installedSpec, { io: 'input', override: ({ jsonSchema }) => void (delete jsonSchema.pattern, delete jsonSchema.format) });
  return z.toJSONSchema(configSchema, { io: 'input', override: ({ zodSchema, jsonSchema }) => void (zodSchema === installedPlatform && Object.assign(jsonSchema, installed)) });
}
