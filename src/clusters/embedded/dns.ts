import type { KubernetesObject } from '@kubernetes/client-node';

const metadata = { name: 'coredns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

const corefile = `.:53 {
  errors
  health {
    lameduck 0s
  }
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
  }
  cache 5
  reload
}
`;

/** CoreDNS as clusters have it, but for names outside the cluster: it forwards nowhere. @param node the one that has its image; left out: every node has */
export function dnsObjects(image: string, serviceAddress: string, node?: string): readonly KubernetesObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...roleObjects(),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } } as KubernetesObject,
    service(serviceAddress),
    deployment(image, node),
  ];
}

function roleObjects(): readonly KubernetesObject[] {
  const role = { name: 'system:coredns' };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: role,
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    } as KubernetesObject,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: role,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.name },
      subjects: [{ kind: 'ServiceAccount', name: metadata.name, namespace: metadata.namespace }],
    } as KubernetesObject,
  ];
}

function service(address: string): KubernetesObject {
  return {
    apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, name: 'kube-dns' },
    spec: {
      clusterIP: address, selector: metadata.labels,
      ports: [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'dns-tcp', port: 53, protocol: 'TCP' }],
    },
  } as KubernetesObject;
}

function deployment(image: string, node: string | undefined): KubernetesObject {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata,
    spec: {
      replicas: 1, selector: { matchLabels: metadata.labels },
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          serviceAccountName: metadata.name, dnsPolicy: 'Default', priorityClassName: 'system-cluster-critical', terminationGracePeriodSeconds: 1,
          ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
          // Scheduled as soon as there is any node, Ready or not: it is what the cluster waits for.
          tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
          containers: [{
            name: 'coredns', image, imagePullPolicy: 'Never', args: ['-conf', '/etc/coredns/Corefile'],
            ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }, { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' }],
            readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
            livenessProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 10, failureThreshold: 5 },
            resources: { requests: { cpu: '50m', memory: '48Mi' }, limits: { memory: '128Mi' } },
            volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
          }],
          volumes: [{ name: 'config', configMap: { name: metadata.name } }],
        },
      },
    },
  } as KubernetesObject;
}
