import { expect, test } from 'vitest';
import { patchPlatform } from '../../../src/platform/platform-file.ts';
import { onPlatform, reckoned, sent } from './platform.ts';

const inOne = { clusters: null, tenants: { 'scp-dev': { cluster: null }, 'scp-prod': { cluster: null } } };

test('where a provider makes one cluster only, all of a platform is in it, and its tenants are kept apart all the same', { timeout: 10 * 60_000 }, async () => {
  await onPlatform(async (platform, dev, prod) => {
    expect(new Set(platform.tenants.map(({ client }) => client)).size).toBe(1);
    expect(dev.collectorUrl).not.toBe(prod.collectorUrl);
    await Promise.all([dev, prod].map(async (tenant) => {
      const flow = await sent(platform, tenant, { name: `${tenant.name}-logs`, signal: 'logs', via: 'collector' });
      expect(await reckoned(platform, tenant, flow), tenant.name).toMatchObject({ acknowledged: 1000, stored: 1000, lost: 0, foreign: 0 });
    }));
  }, {
    staged: (spec) => patchPlatform(spec, inOne, 'test'),
    clients: ({ clients }) => new Map(['management', 'dev', 'prod'].map((name) => [name, [...clients.values()][0]] as const).flatMap(([name, client]) => (client ? [[name, client] as const] : []))),
  });
});
