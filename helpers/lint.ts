/** What lint finds in the configurations that a tenant's collectors really run with, whoever wrote them. */
import type { V1ConfigMap } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { get, json } from '../src/clusters/kube-api.ts';
import type { Finding } from '../src/lint/finding.ts';
import { lintText } from '../src/lint/lint.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { collectorPods } from './fresh-collector.ts';

export type LintFinding = Finding;

/** A configuration that collectors run with. */
export interface LintedConfiguration {
  /** The ConfigMap and its key, in which lines are counted: `collector/collector.yaml`. */
  readonly file: string;
  /** Ids of processors by pipeline, in their order. */
  readonly pipelines: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly LintFinding[];
}

/** The key under which plain objects and the operator put it. */
const configKey = 'collector.yaml';

/**
 * Those of the collectors in a tenant's namespace, as their pods mount them: plain objects and the operator's resources alike.
 * @throws Error where no collector runs with one
 */
export async function lintedConfigurations(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<readonly LintedConfiguration[]> {
  const { client, namespace } = tenant;
  const pods = await collectorPods(platform, tenant, signal);
  const names = new Set(pods.flatMap(({ spec }) => spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []));
  const maps = await Promise.all([...names].map(async (name) => ({ name, map: json(await get(client, `/api/v1/namespaces/${namespace}/configmaps/${name}`, { signal })) as V1ConfigMap })));
  const texts = maps.flatMap(({ name, map: { data } }) => (data?.[configKey] === undefined ? [] : [{ file: `${name}/${configKey}`, text: data[configKey] }]));
  if (texts.length === 0) throw new Error(`no collector of ${namespace} mounts a ${configKey}`);
  return texts.map(({ file, text }) => ({ file, pipelines: pipelinesOf(text), findings: lintText({ path: file, named: true }, text).findings }));
}

interface Configuration {
  readonly service?: { readonly pipelines?: Readonly<Record<string, { readonly processors?: readonly string[] } | null>> };
}

function pipelinesOf(text: string): LintedConfiguration['pipelines'] {
  const { service } = parse(text) as Configuration;
  return Object.fromEntries(Object.entries(service?.pipelines ?? {}).map(([name, pipeline]) => [name, pipeline?.processors ?? []]));
}

/** `collector/collector.yaml:61:9 batch-not-last: batch of pipeline traces/shop comes before filter/probes`. */
export function lintFindingText({ file, line, column, rule, message }: LintFinding): string {
  return `${file}:${line}:${column} ${rule}: ${message}`;
}
