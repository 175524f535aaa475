import type { Configuration } from './configuration.ts';
import type { Found } from './finding.ts';
import { batchNotLast } from './rules/batch.ts';
import { connectorOneSided, componentUndefined, componentUnused, keyTwice } from './rules/components.ts';
import { enrichmentAfterFilter } from './rules/enrichment.ts';
import { exporterDelivery } from './rules/exporters.ts';
import { limiterOrder } from './rules/limiter-order.ts';
import { limiterSettings } from './rules/limiter-settings.ts';
import { tenantHeaderUnset } from './rules/tenant.ts';

interface RuleText {
  /** The reason, in one sentence. */
  readonly why: string;
  /** None where the collector itself says it before anything runs. */
  readonly claims: readonly string[];
}

/** Every rule: its reason, and the claims that show it live, if any do. */
export const rules = {
  'not-yaml': { why: 'The collector does not start with a file that it cannot parse.', claims: [] },
  'key-twice': { why: 'The collector does not start with a key that is in a mapping twice; what merges files takes one of them in silence.', claims: [] },
  'component-undefined': { why: 'The collector does not start when a pipeline names what is not configured.', claims: [] },
  'connector-one-sided': { why: 'The collector does not start with a connector that is not both an exporter and a receiver of pipelines.', claims: [] },
  'component-unused': { why: 'What no pipeline names is never made: it limits, drops and sends nothing.', claims: [] },
  'limiter-missing': { why: 'Without a limiter what comes in faster than it goes out fills the memory until the kernel kills the collector, and what it held is lost.', claims: ['SN-1', 'SN-3'] },
  'limiter-not-first': { why: 'What stands before the limiter holds data, or has worked on it, that is refused afterwards: just when memory is short.', claims: ['PO-2'] },
  'limiter-invalid': { why: 'The collector does not start with these settings of its limiter.', claims: ['SN-3'] },
  'limiter-no-headroom': { why: 'The limiter counts the heap alone: stacks, buffers and what arrives until its next look need room below the limit of the container, whose end is a kill.', claims: ['SN-1', 'SN-3'] },
  'enrichment-after-filter': { why: 'A processor sees only what the ones before it have written: a condition on what is added later never holds.', claims: ['PO-2'] },
  'batch-not-last': { why: 'Batches are cut before the rest drops or changes them, senders have their answer before the rest can fail, and the connection that data came by is forgotten.', claims: ['PO-2'] },
  'exporter-no-retry': { why: 'Without retries one answer of 503, or a backend that restarts, loses what was in the request.', claims: ['DL-4'] },
  'exporter-no-queue': { why: 'Without a queue each outage of the backend stops the intake at once, and senders lose what they cannot keep themselves.', claims: ['DL-4'] },
  'tenant-header-unset': { why: 'Mimir, Loki and Tempo with tenants refuse what names none; where a gateway puts one in, it is the same for all.', claims: ['TI-2', 'TI-1'] },
} as const satisfies Readonly<Record<string, RuleText>>;

export type RuleId = keyof typeof rules;

/** Checks in the order in which a reader mends: what keeps the collector from starting first. */
const checks: readonly ((configuration: Configuration) => readonly Found[])[] = [
  keyTwice, componentUndefined, connectorOneSided, componentUnused, limiterSettings, limiterOrder, enrichmentAfterFilter, batchNotLast, exporterDelivery, tenantHeaderUnset,
];

/** All that the rules find in a configuration. */
export function judge(configuration: Configuration): readonly Found[] {
  return checks.flatMap((check) => check(configuration));
}
