import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { BuildOptions } from '../../src/builds/binary.ts';
import { buildBinary } from '../../src/builds/binary.ts';
import { withScratch } from '../../src/builds/folders.ts';
import type { GoBuild, TreeBuild, TreePart } from '../../src/builds/recipe.ts';
import { buildTree } from '../../src/builds/tree/build.ts';
import { coredns, kube, kubernetesVersion, pause } from '../../src/clusters/embedded/builds.ts';
import { dnsObjects } from '../../src/clusters/embedded/dns.ts';
import { buildSource } from '../../src/images/build-source.ts';
import type { ImageArchive } from '../../src/images/source.ts';
import type { RunContext } from '../../src/run/context.ts';

const fixture = fileURLToPath(new URL('../../fixtures/k3s-stand-in', import.meta.url));

/** Under which the engine knows it; no registry can serve it. */
export const standInImage = `plumbline.local/k3s-stand-in:v${kubernetesVersion}-k3s1`;

/** k3s' own default, which the provider leaves as it is. */
const dnsService = '10.43.0.10';

/** As the official image declares them: no overlay lies on an overlay then. */
const declared = [
  'VOLUME /var/lib/kubelet', 'VOLUME /var/lib/rancher/k3s', 'VOLUME /var/lib/cni', 'VOLUME /var/log',
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/bin/aux', 'ENV CONTAINERD_ADDRESS=/run/k3s/containerd/containerd.sock',
  'ENTRYPOINT ["/bin/k3s"]', 'CMD ["agent"]',
];

const standIn: GoBuild = { name: 'k3s-stand-in', version: kubernetesVersion, lockDir: fixture, package: '.', usualSeconds: 5 };

/** Programs of this machine that a node runs, and where the official image has them. */
const programs: Readonly<Record<string, string>> = {
  containerd: '/bin/containerd', 'containerd-shim-runc-v2': '/bin/containerd-shim-runc-v2', ctr: '/bin/ctr', runc: '/bin/runc', nft: '/bin/nft', ip: '/bin/ip',
  sh: '/bin/sh', mount: '/bin/mount', umount: '/bin/umount', sed: '/bin/sed', rm: '/bin/rm', mkdir: '/bin/mkdir',
};
const cniPlugins = ['bridge', 'host-local', 'loopback'];

/**
 * Puts an image together from Kubernetes, containerd and the stand-in for k3s, and loads it into an engine.
 * @param host of the engine, as DOCKER_HOST has it
 */
export async function loadStandIn(host: string, context: RunContext): Promise<string> {
  const options: BuildOptions = { signal: context.signal, runId: context.id, step: { note: () => undefined, cached: () => undefined } };
  const images = buildSource();
  const [kubernetes, node] = await Promise.all([kube, standIn].map((build) => buildBinary(build, options)));
  const archives = await Promise.all([pause, coredns].map((recipe) => images.provide(recipe, context, options.step)));
  const { root } = await buildTree(tree(kubernetes?.path ?? '', node?.path ?? ''), options);
  await withScratch('k3s-stand-in', async (scratch) => {
    const whole = join(scratch, 'root');
    // Links, not copies: the tree is the cache's.
    await execa('cp', ['--archive', '--link', root, whole]);
    await writeBesides(whole, archives);
    const image = ['docker', '--host', host, 'import', ...declared.flatMap((one) => ['--change', one]), '-', standInImage] as const;
    await execa('tar', ['-C', whole, '-cf', '-', '.'], { buffer: false }).pipe(image[0], image.slice(1));
  });
  return standInImage;
}

function tree(kubernetes: string, node: string): TreeBuild {
  const parts: TreePart[] = [
    ...Object.entries({ ...programs, [kubernetes]: '/bin/kube', [node]: '/bin/k3s' }).map(([program, to]) => ({ kind: 'program', program, to }) as const),
    { kind: 'program', program: node, to: '/bin/nslookup' },
    ...cniPlugins.map((name) => ({ kind: 'program', program: `/usr/lib/cni/${name}`, to: `/opt/cni/bin/${name}` }) as const),
    { kind: 'files', folder: join(fixture, 'rootfs'), to: '/' },
  ];
  return { kind: 'tree', name: 'k3s-stand-in', version: kubernetesVersion, parts, usualSeconds: 5 };
}

/** The images and manifests that k3s brings along, and the name of the first in containerd's configuration. */
async function writeBesides(dir: string, [sandbox, dns]: readonly ImageArchive[]): Promise<void> {
  if (!sandbox || !dns) throw new Error('two images were asked for');
  for (const folder of ['opt/images', 'opt/manifests', 'etc/containerd', 'tmp', 'run', 'var/run', 'proc', 'sys', 'dev']) await mkdir(join(dir, folder), { recursive: true });
  await copyFile(sandbox.path, join(dir, 'opt/images/pause.tar'));
  await copyFile(dns.path, join(dir, 'opt/images/coredns.tar'));
  await writeFile(join(dir, 'opt/manifests/coredns.json'), JSON.stringify(dnsObjects(dns.reference, dnsService)));
  const config = await readFile(join(fixture, 'containerd.toml'), 'utf8');
  await writeFile(join(dir, 'etc/containerd/config.toml'), config.replace('plumbline.local/pause:stand-in', sandbox.reference));
}
