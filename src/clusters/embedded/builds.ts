import { fileURLToPath } from 'node:url';
import type { GoBuild } from '../../builds/recipe.ts';
import type { ImageRecipe } from '../../images/source.ts';

/** What an embedded cluster itself consists of, built from one locked module. */

export const kubernetesVersion = '1.33.4';

/** The oldest that compiles against the client-go of Kubernetes 1.33; upstream's kubeadm ships 1.12.0. */
const corednsVersion = '1.12.2';

const lockDir = fileURLToPath(new URL(`./locks/${kubernetesVersion}`, import.meta.url));

/** apiserver, controller-manager, scheduler, kubelet, kube-proxy and etcd in one binary, chosen by argv[0]. */
export const kube: GoBuild = {
  name: 'kube',
  version: kubernetesVersion,
  lockDir,
  package: './kube',
  linkerVariables: {
    'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion}`,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '33',
  },
  usualSeconds: 250,
};

export const coredns: ImageRecipe = {
  component: 'coredns',
  version: corednsVersion,
  build: { name: 'coredns', version: corednsVersion, lockDir, package: './coredns', usualSeconds: 15 },
  entrypoint: '/coredns',
};

/** Ours: upstream's pause is a C program outside the Kubernetes module. */
export const pause: ImageRecipe = {
  component: 'pause',
  version: kubernetesVersion,
  build: { name: 'pause', version: kubernetesVersion, lockDir, package: './pause', usualSeconds: 5 },
  entrypoint: '/pause',
  user: 65535,
};
