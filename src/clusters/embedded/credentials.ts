import { join } from 'node:path';
import { stringify } from 'yaml';
import type { NodeSpec } from '../provider.ts';
import type { AddressPlan } from './addresses.ts';
import { clientCertificate, createAuthority, servingCertificate, signingKeys, writePrivate } from '../pki.ts';
import type { Authority, Subject } from '../pki.ts';

/** What one node's programs prove themselves with, as files to put into the node's folder. */
export type NodeCredentials = Readonly<Record<'ca.crt' | 'kubelet.crt' | 'kubelet.key' | 'kubelet.kubeconfig' | 'kube-proxy.kubeconfig', string>>;

export interface Credentials {
  /** Files of the control plane. */
  readonly dir: string;
  readonly adminKubeconfig: string;
  nodeCredentials(index: number): NodeCredentials;
}

/**
 * Makes and writes every key and certificate of a cluster, as kubeadm lays them out: one authority for servers and
 * clients, one for the aggregation layer, one subject a component, so that RBAC and the Node authorizer can tell them apart.
 */
export async function createCredentials(dir: string, server: string, plan: AddressPlan, nodes: readonly NodeSpec[]): Promise<Credentials> {
  const [ca, frontProxyCa, serviceAccounts] = await Promise.all([createAuthority('plumbline-ca'), createAuthority('plumbline-front-proxy-ca'), signingKeys()]);
  const kubeconfig = (subject: Subject): Promise<string> => kubeconfigFor(ca, server, subject);
  const [apiServer, kubeletClient, frontProxy, admin, controllerManager, scheduler, proxy] = await Promise.all([
    servingCertificate(ca, 'kube-apiserver', apiServerNames, [plan.host, plan.apiService]),
    clientCertificate(ca, { commonName: 'kube-apiserver-kubelet-client', organization: 'system:masters' }),
    clientCertificate(frontProxyCa, { commonName: 'front-proxy-client' }),
    kubeconfig({ commonName: 'plumbline-admin', organization: 'system:masters' }),
    kubeconfig({ commonName: 'system:kube-controller-manager' }),
    kubeconfig({ commonName: 'system:kube-scheduler' }),
    kubeconfig({ commonName: 'system:kube-proxy' }),
  ]);
  await writePrivate(dir, {
    'ca.crt': ca.pem, 'front-proxy-ca.crt': frontProxyCa.pem,
    'apiserver.crt': apiServer.cert, 'apiserver.key': apiServer.key,
    'kubelet-client.crt': kubeletClient.cert, 'kubelet-client.key': kubeletClient.key,
    'front-proxy.crt': frontProxy.cert, 'front-proxy.key': frontProxy.key,
    'service-accounts.key': serviceAccounts.privateKey, 'service-accounts.pub': serviceAccounts.publicKey,
    'controller-manager.kubeconfig': controllerManager, 'scheduler.kubeconfig': scheduler, 'admin.kubeconfig': admin,
  });
  const perNode = await Promise.all(nodes.map((node, index) => nodeFiles(ca, node.name, plan.nodes[index]?.address ?? '', kubeconfig, proxy)));
  return {
    dir,
    adminKubeconfig: join(dir, 'admin.kubeconfig'),
    nodeCredentials: (index) => {
      const files = perNode[index];
      if (!files) throw new Error(`no node ${index}`);
      return files;
    },
  };
}

const apiServerNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];

async function nodeFiles(ca: Authority, name: string, address: string, kubeconfig: (subject: Subject) => Promise<string>, proxy: string): Promise<NodeCredentials> {
  // The Node authorizer knows a kubelet by exactly this user and group.
  const [serving, own] = await Promise.all([
    servingCertificate(ca, `system:node:${name}`, [name], [address]),
    kubeconfig({ commonName: `system:node:${name}`, organization: 'system:nodes' }),
  ]);
  return { 'ca.crt': ca.pem, 'kubelet.crt': serving.cert, 'kubelet.key': serving.key, 'kubelet.kubeconfig': own, 'kube-proxy.kubeconfig': proxy };
}

async function kubeconfigFor(ca: Authority, server: string, subject: Subject): Promise<string> {
  const { cert, key } = await clientCertificate(ca, subject);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'plumbline', cluster: { server, 'certificate-authority-data': base64(ca.pem) } }],
    users: [{ name: subject.commonName, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: 'plumbline', context: { cluster: 'plumbline', user: subject.commonName } }],
    'current-context': 'plumbline',
  });
}
