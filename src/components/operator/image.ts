import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

const module = 'github.com/open-telemetry/opentelemetry-operator';

/** Versions of the operator that can be had, newest first. */
export function operatorVersions(): readonly string[] {
  return lockedVersions(locksDir);
}

/** Folders of the operator's module with what is applied to a cluster: its definitions, webhooks and rights. */
export const operatorFolders = { definitions: 'config/crd/bases', webhooks: 'config/webhook', rights: 'config/rbac' } as const;

/** What a version takes where a resource names no image, as versions.txt of its module lists it; its own version for what it is released with. */
const defaults: Readonly<Record<string, { otelCol: string; autoInstrumentationJava: string; autoInstrumentationNodeJS: string }>> = {
  '0.131.0': { otelCol: '0.131.1', autoInstrumentationJava: '1.33.6', autoInstrumentationNodeJS: '0.62.0' },
};

/**
 * The OpenTelemetry operator, and beside it the files of its release that are applied to a cluster.
 */
export function operatorImage(version: string): ImageRecipe {
  return {
    component: 'operator',
    version,
    registryImage: `otel/opentelemetry-operator:${version}`,
    build: {
      name: 'operator',
      version,
      ...lockOf('operator', version, locksDir),
      package: module,
      home: Object.values(operatorFolders),
      homeModule: module,
      linkerVariables: versionVariables(version),
      usualSeconds: 150,
    },
    entrypoint: '/manager',
    // Upstream's image runs as this user.
    user: 65532,
  };
}

/** The variables that upstream's release build sets, but for the time of the build. */
function versionVariables(version: string): Record<string, string> {
  const variables = { version, targetAllocator: version, operatorOpAMPBridge: version, ...defaults[version] };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${module}/internal/version.${name}`, value]));
}
