import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1PolicyRule } from '@kubernetes/client-node';
import { parse, parseAllDocuments } from 'yaml';
import { operatorFolders } from './image.ts';

/** What a release of the operator brings for the cluster that it runs in, as upstream wrote it. */
export interface OperatorFiles {
  /** CustomResourceDefinitions. All of them: with one missing the operator keeps exiting. */
  readonly definitions: readonly KubernetesObject[];
  /** Its mutating and its validating configuration, still without the certificate and the place of its service. */
  readonly webhooks: readonly WebhookConfiguration[];
  /** What it has to be allowed in the whole cluster. */
  readonly rights: readonly V1PolicyRule[];
}

export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks: readonly Webhook[];
}

export interface Webhook {
  readonly name: string;
  readonly clientConfig: { readonly service: { readonly path: string } };
}

/** The roles that a release binds to the operator's account: its own, and one by which it asks what others may do. */
const roleFiles = ['role.yaml', 'auth_proxy_role.yaml'];

/** Reads them from the folder that came with the operator's image. */
export async function operatorFiles(folder: string): Promise<OperatorFiles> {
  const text = (...path: string[]): Promise<string> => readFile(join(folder, ...path), 'utf8');
  const all = (of: string, names: readonly string[]): Promise<readonly string[]> => Promise.all(names.map((name) => text(of, name)));
  const [names, rights] = await Promise.all([operatorFolders.definitions, operatorFolders.rights].map(async (of) => (await readdir(join(folder, of))).toSorted()));
  const [webhooks, roles, definitions] = await Promise.all([
    text(operatorFolders.webhooks, 'manifests.yaml'), all(operatorFolders.rights, rights?.filter((name) => roleFiles.includes(name)) ?? []), all(operatorFolders.definitions, names ?? []),
  ]);
  return {
    definitions: definitions.map((one) => parse(one) as KubernetesObject),
    webhooks: parseAllDocuments(webhooks).map((one) => one.toJS() as WebhookConfiguration),
    rights: roles.flatMap((role) => (parse(role) as { rules: V1PolicyRule[] }).rules),
  };
}
