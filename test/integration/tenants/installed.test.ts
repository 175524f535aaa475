import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { get, json } from '../../../src/clusters/kube-api.ts';
import type { KubeClient } from '../../../src/clusters/kubernetes.ts';
import { backendNamed } from '../../../helpers/flows.ts';
import { placesOf } from '../../../src/platform/platform.ts';
import type { Platform, Tenant } from '../../../src/platform/platform.ts';
import { patchPlatform } from '../../../src/platform/platform-file.ts';
import type { PlatformSpec } from '../../../src/platform/spec.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import { packageRoot } from '../../../src/run/paths.ts';
import { reportIn } from '../run/cli.ts';
import { startGuardedGateway } from './guarded-gateway.ts';
import { onPlatform, signal } from './platform.ts';

/** A platform that stands for a user's own, and the real command line, which knows of it only what plumbline.config.yaml says. */

const password = (user: string): string => Buffer.from(`${user}:hunter2-of-${user}`).toString('base64');
const credentials = { TEAM_A_BASIC: password('team-a'), TEAM_B_BASIC: password('team-b'), AGENT_BASIC: password('agent'), STALE: 'c3RhbGU6bm8tbG9uZ2VyLWdvb2Q=' };
const secrets = [...Object.values(credentials), 'hunter2', 'no-longer-good'];

interface Ended {
  readonly exitCode: number | undefined;
  /** With single spaces in place of line breaks. */
  readonly text: string;
  readonly report: RunReport;
  readonly verdicts: Readonly<Record<string, string>>;
  /** Files and streams with a secret in them. */
  readonly leaks: readonly string[];
}

type Run = (installed: object, claims: readonly string[]) => Promise<Ended>;

/** The command line with a configuration file in a folder of its own. Whatever it writes is looked through for every secret. */
function runner(folder: string, kubeconfigPath: string, trust: string): Run {
  return async (installed, claims) => {
    const cwd = await mkdtemp(join(folder, 'run-'));
    await writeFile(join(cwd, 'plumbline.config.yaml'), stringify({ provider: 'existing', kubeconfig: kubeconfigPath, images: 'build', output: 'out', platform: { installed } }));
    const { exitCode, stdout, stderr } = await execa(join(packageRoot, 'plumbline'), ['run', ...claims], {
      reject: false, stdin: 'ignore', cwd, env: { ...credentials, DEBUG: 'plumbline', NODE_EXTRA_CA_CERTS: trust, XDG_STATE_HOME: folder },
    });
    const files = await Promise.all(['report.json', 'junit.xml', 'events.ndjson'].map(async (name) => [name, await readFile(join(cwd, 'out', name), 'utf8')] as const));
    const leaks = [['stdout', stdout], ['stderr', stderr], ...files].flatMap(([name, written]) => (secrets.some((secret) => written?.includes(secret)) ? [`${claims.join()} ${name}`] : []));
    const report = await reportIn(join(cwd, 'out'));
    return { exitCode, text: (stdout + stderr).replaceAll(/\s+/g, ' '), report, leaks, verdicts: Object.fromEntries(report.claims.map(({ id, verdict, twin }) => [id, `${verdict}, twin ${twin.verdict}`])) };
  };
}

/** Everything in one cluster, and no operator: fewer pods to wait for. */
function small(own: PlatformSpec): PlatformSpec {
  return patchPlatform(own, { clusters: null, operator: null, tenants: { 'scp-dev': { cluster: null }, 'scp-prod': { cluster: null } } }, 'test');
}

/** As who is in the cluster names it. */
function byService(platform: Platform): object {
  const [a, b] = platform.tenants;
  const at = (name: 'mimir' | 'loki' | 'tempo', port: number, domain = ''): string => `http://${name}.${backendNamed(platform, name).namespace}.svc${domain}:${port}`;
  return {
    mimir: { url: `${at('mimir', 8080)}/prometheus`, otlp: `${at('mimir', 8080)}/otlp` },
    loki: { url: at('loki', 3100, '.cluster.local'), otlp: `${at('loki', 3100)}/otlp` }, tempo: { url: at('tempo', 3200), otlp: at('tempo', 4318) },
    tenants: { 'team-a': { id: a?.id, collector: a?.collectorUrl }, 'team-b': { id: b?.id, collector: b?.collectorUrl } },
  };
}

/** As who is outside has it: behind a gateway, collectors included, and less of it. */
function byGateway(url: string, [a, b]: readonly Tenant[]) {
  const collectorHeaders = { Authorization: 'Basic ${AGENT_BASIC}' };
  return {
    mimir: { url: `${url}/mimir/prometheus`, otlp: `${url}/mimir/otlp` }, loki: { url: `${url}/loki` }, deliverySeconds: '30',
    tenants: {
      'team-a': { id: a?.id, collector: `${url}/collector-a`, headers: { Authorization: 'Basic ${TEAM_A_BASIC}' }, collectorHeaders },
      'team-b': { id: b?.id, collector: `${url}/collector-b`, headers: { Authorization: 'Basic ${TEAM_B_BASIC}' }, collectorHeaders },
    },
  };
}

async function gatewayFor(platform: Platform) {
  const [a, b] = platform.tenants as [Tenant, Tenant];
  const [collector] = await placesOf(platform, 'collector', signal);
  const way = ({ collectorUrl }: Tenant): string => `http://${collector?.address}:${new URL(collectorUrl).port}`;
  return startGuardedGateway({
    address: new URL(platform.client.server).hostname,
    ways: { mimir: backendNamed(platform, 'mimir').url, loki: backendNamed(platform, 'loki').url, 'collector-a': way(a), 'collector-b': way(b) },
    passwords: { [password('team-a')]: a.id, [password('team-b')]: b.id, [password('agent')]: 'nobody' },
  });
}

/** What of the user's there is, and how often what it asks for was changed. */
async function state(client: KubeClient, runId: string): Promise<readonly string[]> {
  const paths = ['apis/apps/v1/deployments', 'apis/apps/v1/daemonsets', 'api/v1/configmaps', 'api/v1/services', 'api/v1/namespaces', 'api/v1/pods'];
  const lists = await Promise.all(paths.map(async (path) => (json(await get(client, `/${path}`)) as { items: { metadata: { name: string; namespace?: string; generation?: number; uid: string } }[] }).items));
  return lists.flat().map(({ metadata: { namespace = '', name, uid, generation = 0 } }) => `${namespace}/${name} ${uid} ${generation}`).filter((one) => one.includes(`pl-${runId}-`)).toSorted();
}

test('a user\'s own platform is judged by what it takes and answers, and stays as it is', { timeout: 20 * 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-installed-'));
  await onPlatform(async (platform, _, __, { kubeconfigPath, deploy }) => {
    const miswired = await deploy(patchPlatform(platform.spec, { tenants: { 'scp-prod': { taggedAs: 'scp-dev' } } }, 'test'), 'miswired');
    const before = await state(platform.client, platform.runId);
    expect(before.length).toBeGreaterThan(20);
    await using gateway = await gatewayFor(platform);
    await writeFile(join(folder, 'authority.pem'), gateway.authority);
    const run = runner(folder, kubeconfigPath, join(folder, 'authority.pem'));
    const outside = byGateway(gateway.url, platform.tenants);

    const { 'team-a': a, 'team-b': b } = outside.tenants;
    const stale = { Authorization: 'Basic ${STALE}' };
    // All at once: most of it is waiting.
    const ended = await Promise.all([
      run(byService(platform), ['tenant-isolation']), run(outside, ['TI-1', 'TI-2']), run(byService(miswired), ['TI-1']),
      run({ ...outside, tenants: { 'team-a': a, 'team-b': { ...b, headers: stale } } }, ['TI-1']),
      run({ ...outside, tenants: { 'team-a': { ...a, collectorHeaders: stale }, 'team-b': b } }, ['TI-1']),
      run({ ...outside, mimir: { url: `${gateway.url}/mimir` } }, ['TI-1']),
    ]);
    const [inside, guarded, broken, ...unanswered] = ended;
    expect(ended.flatMap(({ leaks }) => leaks)).toEqual([]);
    expect(inside.verdicts, inside.text).toEqual({ 'TI-1': 'pass, twin fail', 'TI-2': 'pass, twin fail', ...Object.fromEntries([3, 4, 5, 6, 7, 8].map((number) => [`TI-${number}`, 'skipped, twin skipped'])) });
    expect(inside.exitCode).toBe(4);
    expect(inside.text).toContain('SKIP TI-3 deploys, changes or watches a part of its platform, which it does to none that is your own');
    expect(guarded.verdicts, guarded.text).toEqual({ 'TI-1': 'pass, twin fail', 'TI-2': 'pass, twin fail' });
    expect(guarded.exitCode).toBe(0);
    expect(guarded.report.claims.map(({ observed }) => observed)).toEqual([
      '2000 items found once by their owners, 0 by anybody else in 20 s; nothing is said of tempo, which is not there',
      '3 of 3 refused without the header, 3 of 3 taken with it; nothing is said of writes to loki, for want of `otlp`; nothing is said of tempo, which is not there',
    ]);
    expect(guarded.text).toContain(`mimir at ${gateway.url}/mimir/prometheus, by way of a gateway that adds a tenant, answered a query without a tenant with 200`);

    expect(broken.exitCode, broken.text).toBe(1);
    expect(broken.report.claims[0]?.cause).toMatch(/^team-b\.ti-1\..* sent to http:\/\/collector\..*-miswired\.svc\.cluster\.local:\d+, found by team-a$/);
    expect(unanswered.map(({ exitCode }) => exitCode)).toEqual([3, 3, 3]);
    expect(unanswered.map(({ report }) => [report.claims, report.problems[0]])).toEqual([
      [[], expect.stringMatching(/^PL-INSTALLED-REFUSED: expected (mimir|loki) at https:.* tenant team-b \(X-Scope-OrgID .*; saw 401 from .*: not with \*\*\*, which is stale:\*\*\*$/)],
      [[], expect.stringMatching(/^PL-INSTALLED-REFUSED: expected the collector of tenant team-a at https:.*; saw 401: not with \*\*\*/)],
      [[], expect.stringMatching(/^PL-INSTALLED-UNREACHABLE: expected mimir at https:.*; saw 404 from .*: 404 page not found/)],
    ]);
    expect(await state(platform.client, platform.runId)).toEqual(before);
  }, { provider: 'embedded', spec: small }).finally(() => rm(folder, { recursive: true }));
});
