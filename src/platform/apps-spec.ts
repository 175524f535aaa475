import { z } from 'zod';

/** The two instrumented apps and their database (fixtures/apps); their telemetry is the first tenant's. */
export const appsSpec = z.strictObject({
  /** Whether their pods carry the operator's annotation. */
  injected: z.boolean().default(true),
  propagators: z.array(z.enum(['tracecontext', 'baggage', 'none'])).default(['tracecontext', 'baggage']),
  /** How their log lines get to Loki: from the agents, with trace context, or from the files that the node keeps of their output. */
  logs: z.enum(['agents', 'files']).default('agents'),
  /** Whether the tenant's collectors scrape the apps' own metrics. */
  scraped: z.boolean().default(false),
  /** A second pair without annotation, `storefront-plain` and `orders-plain`: what injection costs is measured between the two. */
  plainBeside: z.boolean().default(false),
  /** Left out: the one that the operator takes by default. */
  javaAgent: z.string().optional(),
});

/** Requests to the apps, by k6. */
export const loadSpec = z.strictObject({
  version: z.string(),
  /** k6 pods, each with its segment of the whole. */
  pods: z.int().min(1).max(10).default(1),
  requestsPerSecond: z.int().min(1).max(1000),
  seconds: z.int().min(1).max(600),
  /** Path of a k6 script; left out: fixtures/k6/shop.js. */
  script: z.string().optional(),
});
