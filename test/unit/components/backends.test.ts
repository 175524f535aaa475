import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { overridesObject } from '../../../src/components/backend-manifests.ts';
import { limitsRecipes } from '../../../src/components/limits.ts';
import { lokiConfig } from '../../../src/components/loki/config.ts';
import { lokiDeployment } from '../../../src/components/loki/manifests.ts';
import { mimirConfig } from '../../../src/components/mimir/config.ts';
import { mimirDeployment } from '../../../src/components/mimir/manifests.ts';
import { tempoConfig } from '../../../src/components/tempo/config.ts';
import { tempoDeployment } from '../../../src/components/tempo/manifests.ts';

const place = { runId: 'r', namespace: 'n', image: 'i' };
const deployments = { mimir: mimirDeployment, loki: lokiDeployment, tempo: tempoDeployment };

test('tenants are kept apart unless the platform says otherwise', () => {
  for (const config of [mimirConfig, tempoConfig]) {
    expect(parse(config())).toMatchObject({ multitenancy_enabled: true });
    expect(parse(config({ multitenancy: false }))).toMatchObject({ multitenancy_enabled: false });
  }
  expect(parse(lokiConfig())).toMatchObject({ auth_enabled: true });
  expect(parse(lokiConfig({ multitenancy: false }))).toMatchObject({ auth_enabled: false });
});

test.each(['mimir', 'loki', 'tempo'] as const)('%s mounts the overrides file that it reads, and does not bring it along', (name) => {
  const objects = deployments[name](place);
  const { overridesConfigMap } = limitsRecipes[name];
  const deployment = JSON.stringify(objects.find(({ kind }) => kind === 'Deployment'));
  expect(deployment).toContain(`"configMap":{"name":"${overridesConfigMap}"}`);
  expect(deployment).toContain('"mountPath":"/etc/plumbline-overrides"');
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual([`ConfigMap ${name}`, `Service ${name}`, `Deployment ${name}`]);
  expect({ mimir: mimirConfig, loki: lokiConfig, tempo: tempoConfig }[name]()).toContain('/etc/plumbline-overrides/overrides.yaml');
});

test('the overrides ConfigMap has the rendered limits', () => {
  const object = overridesObject(place, limitsRecipes.mimir, { 'scp-dev.x': { max_global_series_per_user: 9 } }) as { data?: Record<string, string> };
  expect(parse(object.data?.['overrides.yaml'] ?? '')).toEqual({ overrides: { 'scp-dev.x': { max_global_series_per_user: 9 } } });
});

test('other clusters reach every port that a backend has for them', () => {
  const ports = (name: keyof typeof deployments): unknown => (deployments[name](place)[1] as { spec?: { type: string; ports: { name: string; port: number }[] } }).spec;
  expect(ports('mimir')).toMatchObject({ type: 'NodePort', ports: [{ name: 'http', port: 8080 }] });
  expect(ports('loki')).toMatchObject({ type: 'NodePort', ports: [{ name: 'http', port: 3100 }] });
  expect(ports('tempo')).toMatchObject({ type: 'NodePort', ports: [{ port: 3200 }, { name: 'otlp-http', port: 4318 }, { name: 'otlp-grpc', port: 4317 }] });
});
