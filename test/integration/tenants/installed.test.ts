import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { get, json } from '../../../src/clusters/kube-api.ts';
import type { KubeClient } from '../../../src/clusters/kubernetes.ts';
import { nodeAddress, nodePorts } from '../../../src/platform/backends.ts';
import type { Backend } from '../../../src/components/backend.ts';
import type { Platform, Tenant } from '../../../src/platform/platform.ts';
import { patchPlatform } from '../../../src/platform/platform-file.ts';
import type { PlatformSpec } from '../../../src/platform/spec.ts';
import { packageRoot } from '../../../src/run/paths.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import { outputFolder, reportIn } from '../run/cli.ts';
import { startGuardedGateway } from './guarded-gateway.ts';
import { onPlatform, signal } from './platform.ts';

/** A platform that stands for a user's own, and the real command line, which knows of it only what plumbline.config.yaml says. */

const password = (tenant: string): string => Buffer.from(`${tenant}:hunter2-of-${tenant}`).toString('base64');
const credentials = { TEAM_A_BASIC: password('team-a'), TEAM_B_BASIC: password('team-b'), AGENT_KEY: 'only-the-collector-knows' };
/** Whatever a reader could make a password of. */
const secrets = [...Object.values(credentials), 'hunter2-of-team-a', 'hunter2-of-team-b'];

interface Ended {
  readonly exitCode: number | undefined;
  readonly text: string;
  readonly report: RunReport | undefined;
}

/** Runs the command line with a configuration file in a folder of its own. What it wrote is looked through for every secret. */
async function run(kubeconfigPath: string, installed: object, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  await using folder = await outputFolder();
  await writeFile(join(folder.path, 'plumbline.config.yaml'), stringify({ platform: { installed } }));
  const output = join(folder.path, 'out');
  const { exitCode, stdout, stderr } = await execa(join(packageRoot, 'plumbline'), ['run', ...args, '--provider', 'existing', '--kubeconfig', kubeconfigPath, '--images', 'build', '--output', output], {
    reject: false, stdin: 'ignore', cwd: folder.path, env: { ...credentials, DEBUG: 'plumbline', ...env },
  });
  const files = await Promise.all((await readdir(output).catch(() => [])).map((name) => readFile(join(output, name), 'utf8')));
  for (const written of [stdout, stderr, ...files]) for (const secret of secrets) expect(written).not.toContain(secret);
  return { exitCode, text: stdout + stderr, report: await reportIn(output).catch(() => undefined) };
}

function verdicts({ report }: Ended): Readonly<Record<string, string>> {
  return Object.fromEntries((report?.claims ?? []).map(({ id, verdict, twin }) => [id, `${verdict}, twin ${twin.verdict}`]));
}

/** Everything in one cluster, and no operator: fewer pods to wait for. */
function small(own: PlatformSpec): PlatformSpec {
  return patchPlatform(own, { clusters: null, operator: null, tenants: { 'scp-dev': { cluster: null }, 'scp-prod': { cluster: null } } }, 'test');
}

function backend(platform: Platform, name: 'mimir' | 'loki' | 'tempo'): Backend {
  const found = platform[name];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** As a user in the cluster writes it: names of services. */
function byService(platform: Platform, [a, b]: readonly Tenant[]): object {
  const at = (name: 'mimir' | 'loki' | 'tempo', port: number): string => `http://${name}.${backend(platform, name).namespace}.svc:${port}`;
  return {
    mimir: { url: `${at('mimir', 8080)}/prometheus`, otlp: `${at('mimir', 8080)}/otlp` },
    loki: { url: at('loki', 3100).replace('.svc', '.svc.cluster.local'), otlp: `${at('loki', 3100)}/otlp` },
    tempo: { url: at('tempo', 3200), otlp: at('tempo', 4318) },
    tenants: { 'team-a': { id: a?.id, collector: a?.collectorUrl }, 'team-b': { id: b?.id, collector: b?.collectorUrl } },
  };
}

/** What a user would see changed: generations count changes of what an object asks for. */
async function state(client: KubeClient, runId: string): Promise<readonly string[]> {
  const paths = ['/apis/apps/v1/deployments', '/apis/apps/v1/daemonsets', '/api/v1/configmaps', '/api/v1/services', '/api/v1/namespaces', '/api/v1/pods'];
  const lists = await Promise.all(paths.map(async (path) => (json(await get(client, path)) as { items: { metadata: { name: string; namespace?: string; generation?: number; uid: string } }[] }).items));
  return lists.flat().map(({ metadata: { namespace = '', name, uid, generation = 0 } }) => `${namespace}/${name} ${uid} ${generation}`).filter((one) => one.includes(`pl-${runId}-`)).toSorted();
}

test('a user\'s own platform is judged by what it takes and answers, as it is', { timeout: 20 * 60_000 }, async () => {
  await onPlatform(async (platform, a, b, { kubeconfigPath, deploy }) => {
    const broken = await deploy(patchPlatform(platform.spec, { tenants: { 'scp-prod': { taggedAs: 'scp-dev' } } }, 'test'), 'broken');
    const before = await state(platform.client, platform.runId);
    const nodePort = async (name: 'mimir' | 'loki' | 'tempo', port: string): Promise<string> =>
      `http://${await nodeAddress(platform.client, signal)}:${(await nodePorts(platform.client, backend(platform, name).namespace, name, signal)).get(port)}`;
    await using gateway = await startGuardedGateway(new URL(platform.client.server).hostname, {
      mimir: await nodePort('mimir', 'http'), loki: await nodePort('loki', 'http'), tempo: await nodePort('tempo', 'http'), traces: await nodePort('tempo', 'otlp-http'),
    }, { [password('team-a')]: a.id, [password('team-b')]: b.id });
    const trust = join(await folderOf(kubeconfigPath), 'gateway.pem');
    await writeFile(trust, gateway.authority);
    const outside = {
      mimir: { url: `${gateway.url}/mimir/prometheus`, otlp: `${gateway.url}/mimir/otlp` }, loki: { url: `${gateway.url}/loki`, otlp: `${gateway.url}/loki/otlp` },
      tempo: { url: `${gateway.url}/tempo`, otlp: `${gateway.url}/traces` }, deliverySeconds: '30',
      tenants: {
        'team-a': { id: a.id, collector: a.collectorUrl, headers: { Authorization: 'Basic ${TEAM_A_BASIC}' }, collectorHeaders: { 'X-Api-Key': '${AGENT_KEY}' } },
        'team-b': { id: b.id, collector: b.collectorUrl, headers: { Authorization: 'Basic ${TEAM_B_BASIC}' }, collectorHeaders: { 'X-Api-Key': '${AGENT_KEY}' } },
      },
    };

    const inside = await run(kubeconfigPath, byService(platform, [a, b]), ['tenant-isolation']);
    console.log(inside.text);
    expect(inside.exitCode, inside.text).toBe(4);
    expect(verdicts(inside)).toEqual({ 'TI-1': 'pass, twin fail', 'TI-2': 'pass, twin fail', ...Object.fromEntries([3, 4, 5, 6, 7, 8].map((number) => [`TI-${number}`, 'skipped, twin skipped'])) });
    const guarded = await run(kubeconfigPath, outside, ['TI-1', 'TI-2'], { NODE_EXTRA_CA_CERTS: trust });
    console.log(guarded.text);
    expect(verdicts(guarded), guarded.text).toEqual({ 'TI-1': 'pass, twin fail', 'TI-2': 'pass, twin fail' });
    expect(guarded.exitCode).toBe(0);
    const miswired = await run(kubeconfigPath, byService(broken, broken.tenants), ['TI-1']);
    console.log(miswired.text);
    expect(miswired.exitCode, miswired.text).toBe(1);
    const refused = await run(kubeconfigPath, { ...outside, tenants: { ...outside.tenants, 'team-b': { ...outside.tenants['team-b'], headers: { Authorization: 'Basic ${AGENT_KEY}' } } } }, ['TI-1'], { NODE_EXTRA_CA_CERTS: trust });
    console.log(refused.text);
    expect(refused.exitCode, refused.text).toBe(3);
    expect(await state(platform.client, platform.runId)).toEqual(before);
  }, { provider: 'embedded', spec: small });
});

async function folderOf(path: string): Promise<string> {
  return join(path, '..');
}
