import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

export const operatorModule = 'github.com/open-telemetry/opentelemetry-operator';

/** Versions of the operator that can be had, newest first. */
export function operatorVersions(): readonly string[] {
  return lockedVersions('operator', locksDir);
}

/** Folders of the operator's module with what is applied to a cluster: its definitions, webhooks and rights. */
export const operatorFolders = { definitions: 'config/crd/bases', webhooks: 'config/webhook', rights: 'config/rbac' } as const;

/** In the module which versions a release defaults to where a resource names no image; in its lock those of them that count here. */
export const versionsFile = 'versions.txt';

/** Variables of the operator's version package, by their names in that file. */
const variables = {
  'opentelemetry-collector': 'otelCol', targetallocator: 'targetAllocator', 'operator-opamp-bridge': 'operatorOpAMPBridge',
  'autoinstrumentation-java': 'autoInstrumentationJava', 'autoinstrumentation-nodejs': 'autoInstrumentationNodeJS',
} as const;

/**
 * The OpenTelemetry operator, and beside it the files of its release that are applied to a cluster.
 */
export function operatorImage(version: string): ImageRecipe {
  const lock = lockOf('operator', version, locksDir);
  return {
    component: 'operator',
    version,
    registryImage: `otel/opentelemetry-operator:${version}`,
    build: {
      name: 'operator',
      version,
      ...lock,
      package: operatorModule,
      home: Object.values(operatorFolders),
      homeModule: operatorModule,
      linkerVariables: versionVariables(version, lock.lockDir),
      usualSeconds: 150,
    },
    entrypoint: '/manager',
    // Upstream's image runs as this user.
    user: 65532,
  };
}

/** The variables that upstream's release build sets, but for the time of the build and for agents that nobody injects here. */
function versionVariables(version: string, lockDir: string): Record<string, string> {
  const path = join(lockDir, versionsFile);
  // Without a lock nothing is built either.
  const released = existsSync(path) ? releasedVersions(readFileSync(path, 'utf8')) : [];
  const set = [['version', version] as const, ...released.map(({ name, value }) => [variables[name], value] as const)];
  return Object.fromEntries(set.map(([name, value]) => [`${operatorModule}/internal/version.${name}`, value]));
}

/** What of a versions.txt counts here. */
export function releasedVersions(text: string): readonly { readonly name: keyof typeof variables; readonly value: string }[] {
  const named = new Map([...text.matchAll(/^([\w-]+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]));
  return Object.keys(variables).flatMap((name) => (named.has(name) ? [{ name: name as keyof typeof variables, value: named.get(name) ?? '' }] : []));
}
