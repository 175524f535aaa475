import { basename } from 'node:path';
import { stringify } from 'yaml';

/** What every collector here consists of, whatever its version: what the platforms' pipelines name, and users' own may. */

const contrib = 'github.com/open-telemetry/opentelemetry-collector-contrib';
const core = 'go.opentelemetry.io/collector';

/** The module by whose go.mod a release is known: which core it was released with. */
export const releaseModule = `${contrib}/receiver/prometheusreceiver`;

const parts = {
  receivers: [`${contrib}/receiver/filelogreceiver`, `${core}/receiver/otlpreceiver`, releaseModule],
  processors: [
    `${core}/processor/batchprocessor`, `${core}/processor/memorylimiterprocessor`, `${contrib}/processor/attributesprocessor`,
    `${contrib}/processor/filterprocessor`, `${contrib}/processor/k8sattributesprocessor`, `${contrib}/processor/resourceprocessor`,
    `${contrib}/processor/tailsamplingprocessor`, `${contrib}/processor/transformprocessor`,
  ],
  exporters: [`${contrib}/exporter/loadbalancingexporter`, `${core}/exporter/debugexporter`, `${core}/exporter/otlpexporter`, `${core}/exporter/otlphttpexporter`],
  extensions: [`${contrib}/extension/healthcheckextension`, `${contrib}/extension/storage/filestorage`],
  providers: ['envprovider', 'fileprovider', 'yamlprovider'].map((name) => `${core}/confmap/provider/${name}`),
} as const;

/** Core modules that have left 0.x before the oldest release that is locked. */
const stableCore: ReadonlySet<string> = new Set(parts.providers);

/** Contrib modules that left 0.x, with the release in which they became 1.0.0; they are released with the others, so minors go in step. */
const stableContrib: Readonly<Record<string, number>> = { [`${contrib}/processor/k8sattributesprocessor`]: 161 };

/** One release of the collector: its modules bear three version numbers. All without a leading v. */
export interface CollectorRelease {
  /** What users call it: the version of contrib. */
  readonly version: string;
  readonly core: string;
  /** Of the core's stable modules. */
  readonly stable: string;
}

/**
 * The release that a contrib module belongs to, from what its go.mod requires of the core: contrib may be a patch ahead (0.140.1 is
 * released with core 0.140.0). Undefined where it requires no released core.
 */
export function releaseOf(version: string, required: readonly { readonly Path: string; readonly Version: string }[]): CollectorRelease | undefined {
  const versions = required.filter(({ Path, Version }) => Path.startsWith(`${core}/`) && /^v\d+\.\d+\.\d+$/.test(Version)).map(({ Version }) => Version.slice(1));
  const newest = (major: string): string | undefined => versions.filter((one) => one.startsWith(`${major}.`)).sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))[0];
  const [beta, stable] = [newest('0'), newest('1')];
  return beta === undefined || stable === undefined ? undefined : { version, core: beta, stable };
}

/** builder.yaml of a release, as ocb reads it. @param without names of parts that are left out */
export function builderConfig(release: CollectorRelease, without: readonly string[] = []): string {
  const dist = {
    name: 'otelcol', module: 'plumbline.dev/lock/collector', version: release.version,
    description: 'OpenTelemetry collector with the components that Plumbline\'s pipelines name',
  };
  const lists = Object.entries(parts).map(([kind, modules]) => [kind, modules.filter((module) => !without.includes(basename(module))).map((module) => ({ gomod: `${module} v${versionIn(release, module)}` }))]);
  return `# What this collector consists of, as ocb reads it: the parts of parts.ts in its release's versions.\n${stringify({ dist, ...Object.fromEntries(lists) }, { lineWidth: 0 })}`;
}

function versionIn({ version, core: beta, stable }: CollectorRelease, module: string): string {
  if (module.startsWith(`${core}/`)) return stableCore.has(module) ? stable : beta;
  const [, minor = 0, patch = 0] = version.split('.').map(Number);
  const since = stableContrib[module] ?? Infinity;
  return minor < since ? version : `1.${minor - since}.${patch}`;
}

/** Names of the parts, the last of their modules' paths: `loadbalancingexporter`. */
const partNames: readonly string[] = Object.values(parts).flat().map((module) => basename(module));

/** Those that a version can be locked without. */
export const optionalParts: readonly string[] = partNames.filter((name) => name !== basename(releaseModule));

/** Parts that a builder.yaml leaves out. */
export function missingParts(config: string): readonly string[] {
  const present = [...config.matchAll(/gomod: (\S+) v\S+$/gm)].map(([, module = '']) => basename(module));
  return partNames.filter((name) => !present.includes(name));
}
