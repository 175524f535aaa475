import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject, V1PolicyRule } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';
import { embeddedProvider } from '../../../../src/clusters/embedded/index.ts';
import { apply, kubeClient } from '../../../../src/clusters/kubernetes.ts';
import type { KubeClient } from '../../../../src/clusters/kubernetes.ts';
import { allocatorImage } from '../../../../src/components/allocator/image.ts';
import { collectorImage } from '../../../../src/components/collector/image.ts';
import { operatorImage } from '../../../../src/components/operator/image.ts';
import { targetImage } from '../../../../src/components/target/image.ts';
import { buildSource } from '../../../../src/images/build-source.ts';
import { newRun, newRunId } from '../support.ts';

/** Somebody's cluster of two nodes, `box-1` and `box-2`, with the images of SD-2's platform; made by another provider, and by another run. */
export interface Theirs extends AsyncDisposable {
  readonly runId: string;
  readonly admin: KubeClient;
  /** Of the administrator, with everything in files. */
  readonly kubeconfig: string;
  /** Of a service account that may do what rules say; its token is given by a program, and lasts for three seconds. */
  kubeconfigOf(name: string, rules: readonly V1PolicyRule[]): Promise<string>;
}

const version = '0.131.0';

export async function startTheirs(): Promise<Theirs> {
  const context = await newRun(newRunId());
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-theirs-'));
  const cluster = await embeddedProvider().create({ name: 'theirs', nodes: [{ name: 'box-1' }, { name: 'box-2' }] }, context);
  const step = { note: () => undefined, cached: () => undefined };
  const images = [targetImage(), allocatorImage(version), operatorImage(version), collectorImage(version)];
  for (const image of images) await cluster.loadImages([await buildSource().provide(image, context, step)]);
  const admin = await kubeClient(cluster.kubeconfigPath);
  const server = (parse(await readFile(cluster.kubeconfigPath, 'utf8')) as Kubeconfig).clusters[0].cluster;
  return {
    runId: context.id, admin, kubeconfig: await inFiles(cluster.kubeconfigPath, folder),
    kubeconfigOf: (name, rules) => byProgram(admin, { name, rules, server, folder }),
    [Symbol.asyncDispose]: async () => {
      await embeddedProvider().remove(context.id);
      await rm(folder, { recursive: true });
    },
  };
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

function kubeconfig(cluster: object, user: object): string {
  return stringify({ 'current-context': 'team/a', contexts: [{ name: 'team/a', context: { cluster: 'k', user: 'u' } }], clusters: [{ name: 'k', cluster }], users: [{ name: 'u', user }] });
}

async function inFiles(path: string, folder: string): Promise<string> {
  const { clusters: [{ cluster }], users: [{ user }] } = parse(await readFile(path, 'utf8')) as Kubeconfig;
  const files = { 'ca.crt': cluster['certificate-authority-data'], 'me.crt': user['client-certificate-data'], 'me.key': user['client-key-data'] };
  for (const [name, data = ''] of Object.entries(files)) await writeFile(join(folder, name), Buffer.from(data, 'base64'), { mode: 0o600 });
  await writeFile(join(folder, 'admin.yaml'), kubeconfig({ server: cluster['server'], 'certificate-authority': 'ca.crt' }, { 'client-certificate': 'me.crt', 'client-key': 'me.key' }));
  return join(folder, 'admin.yaml');
}

interface Account { readonly name: string; readonly rules: readonly V1PolicyRule[]; readonly server: object; readonly folder: string }

async function byProgram(admin: KubeClient, { name, rules, server, folder }: Account): Promise<string> {
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  await apply(admin, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'theirs' } }, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'theirs' } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules } as KubernetesObject,
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef: role, subjects: [{ kind: 'ServiceAccount', name, namespace: 'theirs' }] } as KubernetesObject,
  ]);
  const { data } = await admin.http.post<string>(`/api/v1/namespaces/theirs/serviceaccounts/${name}/token`, '{}', { headers: { 'Content-Type': 'application/json' } });
  const { status: { token } } = JSON.parse(data) as { status: { token: string } };
  const program = join(folder, `login-${name}`);
  await writeFile(program, `#!/bin/sh\nprintf '{"status":{"token":"${token}","expirationTimestamp":"%s"}}' "$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)"\n`);
  await chmod(program, 0o700);
  await writeFile(join(folder, `${name}.yaml`), kubeconfig(server, { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: `./login-${name}` } }));
  return join(folder, `${name}.yaml`);
}
