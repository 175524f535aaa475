import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { customAlphabet } from 'nanoid';
import { get, json } from '../../../src/clusters/kube-api.ts';
import { apply, podLogs } from '../../../src/clusters/kubernetes.ts';
import type { KubeClient } from '../../../src/clusters/kubernetes.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import type { ImageArchive } from '../../../src/images/source.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { writeOwner } from '../../../src/run/owner.ts';
import { runsDir, socketsDir } from '../../../src/run/paths.ts';
import { until } from '../../../src/run/wait.ts';

export const newRunId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 6);

/** Runs whose owner this process is. */
const owned: string[] = [];

/** A folder of the test's own for what runs keep on disk. It lies below /tmp, which nodes cover with their own. */
export async function ownStateFolder(): Promise<AsyncDisposable> {
  const before = process.env['XDG_STATE_HOME'];
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  process.env['XDG_STATE_HOME'] = dir;
  return {
    [Symbol.asyncDispose]: async () => {
      if (before === undefined) delete process.env['XDG_STATE_HOME'];
      else process.env['XDG_STATE_HOME'] = before;
      // Of a run that a test removed no more of than its clusters.
      await Promise.all([dir, ...owned.map(socketsDir)].map((one) => rm(one, { recursive: true, force: true })));
    },
  };
}

/** A run of this process: a `down` elsewhere on this machine leaves it alone while the process lives. */
export async function newRun(id: string): Promise<RunContext> {
  const dir = join(runsDir(), id);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  owned.push(id);
  await writeOwner(dir, { command: 'test', kept: false });
  return { id, dir, emit: () => undefined, signal: new AbortController().signal };
}

/** The image of ./probe. */
export function probeImage(context: RunContext): Promise<ImageArchive> {
  const lockDir = fileURLToPath(new URL('./probe', import.meta.url));
  const build = { name: 'probe', version: '1.0.0', lockDir, package: '.', usualSeconds: 10 };
  return buildSource().provide({ component: 'probe', version: '1.0.0', build, entrypoint: '/probe' }, context, { note: () => undefined, cached: () => undefined });
}

export interface ProbePod {
  readonly name: string;
  readonly node: string;
  readonly args: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Runs ./probe in a pod on a node. */
export async function startProbe(client: KubeClient, image: ImageArchive, pod: ProbePod): Promise<void> {
  await apply(client, [{
    apiVersion: 'v1', kind: 'Pod', metadata: { name: pod.name, namespace: 'default', labels: pod.labels ?? {} },
    spec: {
      nodeName: pod.node, restartPolicy: 'Never', terminationGracePeriodSeconds: 0,
      containers: [{ name: 'probe', image: image.reference, imagePullPolicy: 'Never', args: pod.args }],
    },
  } as KubernetesObject]);
}

/** Waits for a pod that a test looks at. */
export function podWhere(client: KubeClient, name: string, what: string, holds: (pod: V1Pod) => boolean, namespace = 'default'): Promise<V1Pod> {
  return until(`pod ${name} ${what}`, async ({ saw, signal }) => {
    const pod = json(await get(client, `/api/v1/namespaces/${namespace}/pods/${name}`, { signal })) as V1Pod;
    saw(`${pod.status?.phase}: ${JSON.stringify(pod.status?.containerStatuses?.[0]?.state)}`);
    return holds(pod) ? pod : undefined;
  }, { timeoutMs: 60_000 });
}

/** Runs ./probe to its end and answers what it printed. */
export async function probe(client: KubeClient, image: ImageArchive, pod: ProbePod): Promise<string> {
  await startProbe(client, image, pod);
  await podWhere(client, pod.name, 'ended', ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed');
  return (await podLogs(client, 'default', pod.name)).trim();
}
