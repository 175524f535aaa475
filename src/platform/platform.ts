import type { V1Pod } from '@kubernetes/client-node';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { podsOf } from '../clusters/kubernetes.ts';
import type { NodeChange } from '../clusters/provider.ts';
import type { Backend, BackendName, Limits } from '../components/backend.ts';
import type { BackendAccess, BackendIntake } from '../components/backend-access.ts';
import type { GrafanaSession } from '../components/grafana/session.ts';
import { componentLabels, labels, selector } from '../components/labels.ts';
import type { PlatformSpec } from './spec.ts';

/** A platform that runs: everything that was asked for is Ready. */
export interface Platform {
  readonly spec: PlatformSpec;
  readonly runId: string;
  /** Of the platform's only cluster, or of the first of several: the one with the backends. */
  readonly client: KubeClient;
  /** Collector and allocator; every side of every claim has its own. */
  readonly namespace: string;
  /** Shared by the sides that ask for the same number of targets, unless sides are kept or judged at the same time. */
  readonly targetsNamespace?: string;
  /** What this platform's scraping collectors write as X-Scope-OrgID; no other side writes it. */
  readonly tenant: string;
  /** Those that the run deployed; a user's own are only asked. */
  readonly mimir?: Backend;
  readonly loki?: Backend;
  readonly tempo?: Backend;
  readonly jaeger?: JaegerPlace;
  /** How each backend that there is is asked, whoever runs it. */
  readonly access: Readonly<Partial<Record<BackendName, BackendAccess>>>;
  /** Where it is written to, as far as that is known. */
  readonly intakes: Readonly<Partial<Record<BackendName, BackendIntake>>>;
  /** Logged in; its data sources are those of this platform's tenants, and of other sides'. */
  readonly grafana?: GrafanaSession & { readonly url: string };
  /** In the order of the platform's file. */
  readonly tenants: readonly Tenant[];
  /** Where the gate of this side is asked to fail; its routes are named `<tenant>-<backend>`. */
  readonly gate?: GatePlace;
  readonly apps?: Apps;
  /** k6's image, for helpers/load.ts. */
  readonly loadImage?: string;
  /** Nodes join this platform's cluster or leave it, of `nodes` and `spareNodes`. Left out: they stay what they are. */
  changeNodes?(change: NodeChange): Promise<void>;
  /** What runs for this side in this process and ends with it. */
  readonly gateway?: AsyncDisposable;
}

/** A Jaeger: none of the backends, since it keeps no tenants apart. */
export interface JaegerPlace extends Backend {
  readonly access: BackendAccess;
  /** What collectors that are led to it get for an endpoint. */
  readonly swapUrl: string;
}

/** A side's gate; its service is asked through the API server's proxy. */
export interface GatePlace {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** The two apps of a platform, Ready. */
export interface Apps {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Base URL of the Node app, which calls the Java one, for pods of its cluster: `http://storefront.x.svc.cluster.local:3000`. */
  readonly url: string;
  /** Of the pair without annotation, where there is one. */
  readonly plainUrl?: string;
  /** Whose collectors the apps send to. */
  readonly tenant: Tenant;
}

/** One environment of a platform: its id in the backends, its collectors and its sender. */
export interface Tenant {
  /** As the platform's file calls it: `scp-dev`. */
  readonly name: string;
  /** Its own X-Scope-OrgID, with which it queries: `scp-dev.ti-1`. No other side has it. */
  readonly id: string;
  /** Begins the names of its flows: no other data of its backends has that, whichever run or side they are from. */
  readonly flowPrefix: string;
  /** What its queries have beside its id; credentials, as a rule. Left out: nothing. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What its collectors' receiver wants in each request. Left out: nothing. */
  readonly collectorHeaders?: Readonly<Record<string, string>>;
  /** What its collectors write as X-Scope-OrgID: its own id, unless the platform is wired wrongly. */
  readonly taggedAs: string;
  readonly limits: Limits;
  /** Of the cluster that its collectors and its sender run in. */
  readonly client: KubeClient;
  /** Of its collectors; where they are the user's own, of the sender: nobody looks for a user's pods. */
  readonly namespace: string;
  /** Base URL of its collectors' OTLP/HTTP receiver, as pods of its cluster reach it. */
  readonly collectorUrl: string;
  /** Of the sender pod in its cluster. */
  readonly senderNamespace: string;
}

/** Namespace of a side's own collectors and allocator. */
export function sideNamespace(runId: string, name: string): string {
  return `pl-${runId}-${name}`;
}

/** Namespace of the senders of a run, one in each cluster that has tenants. */
export function senderNamespace(runId: string): string {
  return `pl-${runId}-sender`;
}

/** Namespace of the targets that sides of one shape share. */
export function sharedTargetsNamespace(runId: string, { pods, portsEach }: NonNullable<PlatformSpec['targets']>): string {
  return `pl-${runId}-targets-${pods}${portsEach === 1 ? '' : `x${portsEach}`}`;
}

/** Namespace of a side's targets, where it does not share them. */
export function sideTargetsNamespace(runId: string, name: string): string {
  return `${sideNamespace(runId, name)}-targets`;
}

/** Namespace of a side's apps: what is injected there, scraped or read from files is theirs alone. */
export function sideAppsNamespace(runId: string, name: string): string {
  return `${sideNamespace(runId, name)}-apps`;
}

/** A pod where a claim needs to know which one it was. */
export interface PodPlace {
  readonly pod: string;
  readonly node: string;
  readonly address: string;
}

/** Pods of a component, running now, in the order of their names. */
export async function placesOf(platform: Platform, app: 'collector' | 'allocator' | 'target' | 'mimir' | 'storefront', signal?: AbortSignal): Promise<readonly PodPlace[]> {
  const namespace = { target: platform.targetsNamespace, mimir: platform.mimir?.namespace, collector: platform.namespace, allocator: platform.namespace, storefront: platform.apps?.namespace }[app];
  if (namespace === undefined) return [];
  const own = app === 'collector' || app === 'allocator' ? componentLabels(platform.runId, app) : labels(platform.runId, app);
  const client = (app === 'storefront' && platform.apps?.client) || platform.client;
  const pods = await podsOf(client, namespace, selector(own), signal);
  return pods.filter(isRunning).map(placeOf).toSorted((a, b) => a.pod.localeCompare(b.pod));
}

function isRunning(pod: V1Pod): boolean {
  return pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined;
}

function placeOf(pod: V1Pod): PodPlace {
  return { pod: pod.metadata?.name ?? '', node: pod.spec?.nodeName ?? '', address: pod.status?.podIP ?? '' };
}
