import type { KubernetesObject } from '@kubernetes/client-node';
import { configMap, mountConfig } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

/** Of k6's REST API, by which it is released and followed. */
export const k6Port = 6565;

/** MiB: a VU of a small script takes about 0.3 (1.8.1), and 400 of them are four times what 100 requests a second of a slow app need. */
const memoryMi = 320;

export interface K6Run {
  /** DNS label, unique in its namespace. */
  readonly name: string;
  /** How many pods share the load, each with a segment of equal size. */
  readonly pods: number;
  /** Files by their names, all in one folder. */
  readonly files: Readonly<Record<string, string>>;
  /** The one of them that is run. */
  readonly main: string;
  /** Seen by the script as __ENV. */
  readonly env: Readonly<Record<string, string>>;
}

export function k6PodNames({ name, pods }: Pick<K6Run, 'name' | 'pods'>): readonly string[] {
  return Array.from({ length: pods }, (_, index) => `k6-${name}-${index}`);
}

export function k6ConfigMapName(run: Pick<K6Run, 'name'>): string {
  return `k6-${run.name}`;
}

/** Segments in k6's own words: `0:1/3`, `1/3:2/3`, `2/3:1`. */
export function segmentsOf(pods: number): { readonly segments: readonly string[]; readonly sequence: string } {
  const bounds = ['0', ...Array.from({ length: pods - 1 }, (_, index) => `${index + 1}/${pods}`), '1'];
  return { segments: bounds.slice(1).map((end, index) => `${bounds[index]}:${end}`), sequence: bounds.join(',') };
}

/** Pods that have the script loaded and wait to be released; each ends with its test, and its log ends with the summary as JSON. */
export function k6Pods(place: Place, run: K6Run): KubernetesObject[] {
  const app = { ...labels(place.runId, 'k6'), 'plumbline.dev/load': run.name };
  const { segments, sequence } = segmentsOf(run.pods);
  return [
    configMap({ name: k6ConfigMapName(run), namespace: place.namespace, labels: app }, { ...run.files }),
    ...k6PodNames(run).map((name, index) => ({
      apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: place.namespace, labels: app },
      spec: {
        restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 2,
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: app } }],
        containers: [{
          name: 'k6', image: place.image, imagePullPolicy: 'IfNotPresent',
          args: runArguments(`${mountConfig.mount.mountPath}/${run.main}`, segments[index] ?? '', sequence),
          env: Object.entries({ ...run.env, PODS: String(run.pods) }).map(([key, value]) => ({ name: key, value })),
          ports: [{ name: 'api', containerPort: k6Port }],
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: `${memoryMi}Mi` } },
          volumeMounts: [mountConfig.mount],
        }],
        volumes: [mountConfig.volume(k6ConfigMapName(run))],
      },
    } as KubernetesObject)),
  ];
}

function runArguments(script: string, segment: string, sequence: string): readonly string[] {
  return [
    'run', '--quiet', '--no-color', '--no-usage-report', '--log-format=json', `--address=0.0.0.0:${k6Port}`, '--paused',
    `--execution-segment=${segment}`, `--execution-segment-sequence=${sequence}`,
    // Into the log, which outlives the process; the REST API has neither counts of a trend nor its p99.
    '--summary-export=/dev/stdout', '--summary-trend-stats=min,avg,med,p(90),p(95),p(99),max,count', script,
  ];
}
