import { z } from 'zod';

/** Mimir, Loki or Tempo. */
export const backend = z.strictObject({
  version: z.string(),
  /** False: every write and query is one tenant's, whatever its header says. */
  multitenancy: z.boolean().default(true),
});

/** Where traces go without a Tempo, or are led to while the platform runs. It keeps no tenants apart. */
export const jaeger = z.strictObject({
  version: z.string(),
  /** The port of its intake that collectors are led to; their exporters speak HTTP, which the other one does not understand. */
  swapTo: z.enum(['otlp-http', 'otlp-grpc']).default('otlp-http'),
});
