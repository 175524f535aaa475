import { saidInstead } from '../components/collector/composition.ts';
import { builtWith } from '../components/collector/user-config-build.ts';
import { configRefused } from '../components/collector/user-config-refused.ts';
import { storageOf } from '../components/collector/user-config-exporter.ts';
import { complaintOf } from '../components/collector/user-config-validate.ts';
import type { ReadConfig } from '../components/collector/user-config-file.ts';
import { typeOf } from '../components/collector/user-config.ts';
import type { ImageSource } from '../images/source.ts';
import type { PlannedConfig } from '../reports/plan.ts';
import { judgeable } from './resolved-claims.ts';
import type { ResolvedClaim } from './resolved-claims.ts';

/**
 * What the plan says of a user's collector configuration.
 * @throws PlumblineError PL-COLLECTOR-CONFIG where no claim has a place for it, collectors that are built here lack a part of it, or one does not take it
 */
export async function planUserConfig({ config, notes }: ReadConfig, claims: readonly ResolvedClaim[], source: Pick<ImageSource, 'name'>): Promise<PlannedConfig> {
  const judged = judgeable(claims);
  const without = judged.filter(({ sides }) => sides.every(({ spec }) => spec.collector.config === undefined)).map(({ claim }) => claim.id);
  if (judged.length > 0 && without.length === judged.length) {
    throw configRefused(config.file, 'a claim whose tenants\' collectors take OTLP for the configuration', without.join(', '), 'choose one: `plumbline list` shows all, tenant-isolation and delivery have them');
  }
  // An official image has every component of its distribution.
  if (source.name === 'build') await Promise.all(versionsOf(judged).map((version) => refuseUntaken(config, version)));
  return {
    file: config.file, digest: config.digest,
    notes: [...notes, ...settingNotes(judged), ...(without.length > 0 ? [`the collectors of ${without.join(', ')} scrape and take no OTLP: it has no place in them`] : [])],
  };
}

/** What is set beside the file holds on claims' own platforms, too. */
function settingNotes(claims: readonly ResolvedClaim[]): readonly string[] {
  const said = claims.flatMap(({ sides: [own] }) => (own?.spec.collector.config ? saidInstead(own.spec.collector.config) : []));
  return [...new Set(said)].map((setting) => `collector.${setting} holds in its place, as it is set beside it`);
}

async function refuseUntaken(config: ReadConfig['config'], version: string): Promise<void> {
  refuseUnbuilt(config, version);
  const complaint = await complaintOf({ ...config, said: [] }, version);
  if (complaint !== undefined) throw configRefused(config.file, `what the collector ${version} takes`, complaint, 'mend what it names; the collector itself says so of it (`otelcol validate`)');
}

/** A pipeline that lacks a part is another pipeline, and what is said of it is said of that. */
function refuseUnbuilt({ file, pipelines }: ReadConfig['config'], version: string): void {
  const refuse = (seen: string, kind: string, built: readonly string[]): never => {
    throw configRefused(file, `parts that the collector ${version} is built with (${kind}: ${[...built].sort().join(', ')})`, seen,
      'leave it out in a copy of the file, add its module to the lock (docs/builds.md), or take the official image, which has more: --images registry');
  };
  const [processors, extensions] = [builtWith('processors', version), builtWith('extensions', version)];
  for (const [signal, pipeline] of Object.entries(pipelines)) {
    const unbuilt = pipeline.processors.find((id) => processors && !processors.includes(typeOf(id)));
    if (unbuilt !== undefined) refuse(`processor ${unbuilt} in its pipeline of ${signal}`, 'processors', processors ?? []);
    const kept = storageOf(pipeline.exporter?.['sending_queue']);
    if (kept !== undefined && extensions && !extensions.includes('file_storage')) refuse(`a queue of ${signal} that ${kept} keeps in files`, 'extensions', extensions);
  }
}

function versionsOf(claims: readonly ResolvedClaim[]): readonly string[] {
  const sides = claims.flatMap((one) => one.sides).filter(({ spec }) => spec.collector.config !== undefined);
  return [...new Set(sides.map(({ spec }) => spec.collector.version))];
}
