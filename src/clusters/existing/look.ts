import { setTimeout as pause } from 'node:timers/promises';
import { clientOfContext, versionOf } from '../kube-api.ts';
import type { KubeClient } from '../kube-api.ts';
import { nodesOf, takesPods } from '../nodes.ts';
import { runLabel } from '../../run/run-label.ts';
import type { Context } from './contexts.ts';
import { listed } from './labelled.ts';
import { hasOperatorGroup } from './operator-resources.ts';

/** What a context's cluster is. */
export interface Found {
  readonly context: Context;
  /** Without a leading v. */
  readonly version: string;
  /** Nodes that take pods. */
  readonly nodes: number;
  /** What is there of an OpenTelemetry operator: `its definitions`. */
  readonly operator?: string;
}

/** Milliseconds in which a server has to answer. */
const answerTimeoutMs = 5000;

/** Asks a cluster what it is, and changes nothing there. @throws whatever it does not answer of, within five seconds */
export async function look(context: Context): Promise<Found> {
  const end = new AbortController();
  const asked = ask(context, end.signal);
  // A signal does not end a program that is to give credentials and asks somebody for a password.
  const late = pause(answerTimeoutMs, undefined, { ref: false, signal: end.signal }).then(() => { throw new Error(`no answer in ${answerTimeoutMs / 1000} s`); });
  for (const one of [asked, late]) one.catch(() => undefined);
  return Promise.race([asked, late]).finally(() => end.abort());
}

async function ask(context: Context, signal: AbortSignal): Promise<Found> {
  const client = await clientOfContext(context.named, '');
  const version = await versionOf(client, signal);
  const [nodes, operator] = await Promise.all([nodesOf(client, signal), operatorIn(client, signal)]);
  return { context, version, nodes: nodes.filter(takesPods).length, ...(operator === undefined ? {} : { operator }) };
}

/** Its definitions are the cluster's, one of each: with them there is no place for another operator. */
async function operatorIn(client: KubeClient, signal: AbortSignal): Promise<string | undefined> {
  if (!(await hasOperatorGroup(client, signal))) return undefined;
  const ours = await listed(client, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', runLabel, signal);
  const run = ours[0]?.metadata?.labels?.[runLabel];
  return run === undefined ? 'its definitions' : `that of run ${run}, which \`plumbline down ${run}\` removes if it has ended`;
}
