import type { KubernetesObject, V1Container } from '@kubernetes/client-node';
import { configMap, mountConfig, service } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { databaseUser } from './images.ts';

const name = 'shop-db';
const port = 5432;

/** Of the database and of its owner. */
export const databaseName = 'shop';

/** Where the apps of its namespace find it. */
export const databaseUrl = `jdbc:postgresql://${name}:${port}/${databaseName}`;

const dataDir = '/data/db';

/** Where our image has them; upstream's has them on its path. */
const programs = 'PATH=$PATH:/postgres/bin';

/** What initdb writes has one database, `postgres`; the server makes another one while it serves nobody. */
const initScript = [
  'set -e',
  programs,
  `initdb --pgdata=${dataDir} --username=${databaseName} --auth=trust --encoding=UTF8 --no-locale --no-sync`,
  `echo "CREATE DATABASE ${databaseName}" | postgres --single -D ${dataDir} postgres`,
].join('\n');

/** Whoever reaches the namespace's database may use it: there is nothing in it but demo orders. */
const hostAccess = 'local all all trust\nhost all all all trust\n';

const serverSettings = {
  listen_addresses: '*', unix_socket_directories: '/tmp', hba_file: '/etc/plumbline/pg_hba.conf', shared_buffers: '32MB', max_connections: '50',
  // A disk that several clusters share would be measured as the apps' latency.
  synchronous_commit: 'off',
} as const;

/** The shop's PostgreSQL: one pod whose data ends with it, and its service `shop-db`. */
export function shopDatabase(place: Place): KubernetesObject[] {
  const own = labels(place.runId, name);
  const metadata = { name, namespace: place.namespace, labels: own };
  return [
    configMap(metadata, { 'pg_hba.conf': hostAccess }),
    service(metadata, [{ name: 'postgres', port }], own),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata,
      spec: {
        replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: own },
        template: { metadata: { labels: own }, spec: {
          automountServiceAccountToken: false, terminationGracePeriodSeconds: 5,
          securityContext: { runAsUser: databaseUser, runAsGroup: databaseUser, fsGroup: databaseUser },
          initContainers: [initContainer(place)], containers: [serverContainer(place)],
          volumes: [{ name: 'data', emptyDir: {} }, mountConfig.volume(name)],
        } },
      },
    } as KubernetesObject,
  ];
}

const data = { name: 'data', mountPath: '/data' };

function initContainer({ image }: Place): V1Container {
  return {
    name: 'initdb', image, imagePullPolicy: 'IfNotPresent', command: ['/bin/sh', '-c', initScript], volumeMounts: [data],
    resources: { limits: { memory: '256Mi' } },
  };
}

function serverContainer({ image }: Place): V1Container {
  return {
    name: 'postgres', image, imagePullPolicy: 'IfNotPresent',
    // Upstream's entry point would make a database of its own.
    command: ['/bin/sh', '-c', `${programs}; exec postgres "$@"`, 'postgres'],
    args: ['-D', dataDir, ...Object.entries(serverSettings).flatMap(([setting, value]) => ['-c', `${setting}=${value}`])],
    ports: [{ name: 'postgres', containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    volumeMounts: [data, mountConfig.mount],
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } },
  };
}
