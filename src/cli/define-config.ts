import type { ConfigInput } from './config-schema.ts';

/** What a `plumbline.config.ts` exports as its default: the same keys as the YAML file, checked while it is written. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
