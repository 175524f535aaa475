import { z } from 'zod';

/** What is taken of a user's own collector configuration, or written in a platform's file, and stands in the place of the seed's pipelines. */

export const signals = ['traces', 'metrics', 'logs'] as const;

export type Signal = (typeof signals)[number];

const settings = z.record(z.string(), z.json());

/** Settings of a component, as the user wrote them. */
export type Settings = z.infer<typeof settings>;

const pipeline = z.strictObject({
  /** Component ids, in the user's order. */
  processors: z.array(z.string()),
  /** Of an OTLP/HTTP exporter: all but where it leads, and as whom. Left out: the user's pipeline ends in none, and the seed's takes its place. */
  exporter: settings.exactOptional(),
});

export type UserPipeline = z.infer<typeof pipeline>;

export const userConfigSpec = z.strictObject({
  /** As the user named it. Left out: a platform's own file says these pipelines. */
  file: z.string().exactOptional(),
  /** Of its content: `sha256:…`. */
  digest: z.string().exactOptional(),
  /** Settings of the processors that its pipelines name. */
  processors: z.record(z.string(), settings.nullable().transform((one) => one ?? {})),
  /** A signal without one has the seed's. */
  pipelines: z.strictObject({ traces: pipeline.exactOptional(), metrics: pipeline.exactOptional(), logs: pipeline.exactOptional() }),
  /** Settings of a platform's `collector` (`queue`, `memory.limiter`) that were said after this and hold in its place: by `--set`, or by the patch of a twin or cell. */
  said: z.array(z.string()).default([]),
});

export type UserConfig = z.infer<typeof userConfigSpec>;

/** The type of a component: what its id has before the slash. */
export function typeOf(id: string): string {
  return (id.split('/')[0] ?? '').trim();
}
