import { stringify } from 'yaml';
import { takeConfig } from '../components/collector/user-config-take.ts';
import { typeOf } from '../components/collector/user-config.ts';
import { PlumblineError } from '../errors.ts';
import { redact } from './redact.ts';
import { at, isMapping } from './seen.ts';
import type { Mapping, Seen } from './seen.ts';
import { tenantHeadersIn } from './tenants.ts';

/** A collector's configuration as a file of Plumbline's can have it. */
export interface SeenCollector {
  readonly from: string;
  readonly config: Mapping;
  readonly merged: boolean;
  /** Where credentials were. */
  readonly redacted: readonly string[];
  /** Why collectors of a run cannot take it over as it is. */
  readonly refused?: string;
  /** Who has a configuration beside this one. */
  readonly others: readonly string[];
}

/** What of a configuration a run takes over; receivers, extensions and telemetry are its own. */
const taken = ['processors', 'exporters', 'connectors'] as const;

/** The configuration that says most of how tenants' data is sent: one with a tenant's header, else one that takes OTLP, else the first. */
export function collectorIn(all: readonly Seen[]): SeenCollector | undefined {
  const candidates = all.flatMap(({ from, configurations }) => configurations.map((one) => ({ from, ...one })));
  const worth = ({ value }: { readonly value: Mapping }): number => 2 * Number(tenantHeadersIn(value).length > 0) + Number(takesOtlp(value));
  const [best, ...others] = candidates.toSorted((a, b) => worth(b) - worth(a));
  if (!best) return undefined;
  const service = { pipelines: at(best.value, 'service', 'pipelines') ?? {} };
  const parts = Object.fromEntries(taken.flatMap((name) => (isMapping(best.value[name]) ? [[name, best.value[name]] as const] : [])));
  const { value, places } = redact({ ...parts, service });
  const refused = refusalOf(value as Mapping, best.from);
  return { from: best.from, config: value as Mapping, merged: best.merged, redacted: places, ...(refused === undefined ? {} : { refused }), others: [...new Set(others.map(({ from }) => from))] };
}

function takesOtlp(config: Mapping): boolean {
  const pipelines = at(config, 'service', 'pipelines');
  return isMapping(pipelines) && Object.values(pipelines).some((one) => {
    const receivers = at(one, 'receivers');
    return Array.isArray(receivers) && receivers.some((id) => typeOf(String(id)) === 'otlp');
  });
}

function refusalOf(config: Mapping, from: string): string | undefined {
  try {
    takeConfig(stringify(config), from);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof PlumblineError)) throw thrown;
    return `expected ${thrown.problem.expected}; saw ${thrown.problem.seen}`;
  }
}
