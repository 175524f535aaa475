import { rm } from 'node:fs/promises';
import type { V1PodList } from '@kubernetes/client-node';
import { endAll } from '../../processes/end.ts';
import { identityOf } from '../../processes/proc.ts';
import { deleteObject, get, json } from '../kube-api.ts';
import type { KubeClient } from '../kubernetes.ts';
import { pidsBelow, removeGroup } from './cgroup-files.ts';
import { groupDirs } from './cgroups.ts';
import type { CgroupLayout } from './cgroups.ts';
import type { ClusterNames } from './names.ts';
import { ipBatch, linkNames } from './network.ts';
import { removeMounts } from './remove.ts';

export interface LeavingNode {
  readonly names: ClusterNames;
  readonly cgroups: CgroupLayout;
  readonly link: string;
  readonly name: string;
  /** The node's folder on this machine. */
  readonly dir: string;
}

/** Removes one node of a living cluster from this machine, so that one of the same name can be made. */
export async function removeNode({ names, cgroups, link, name, dir }: LeavingNode): Promise<void> {
  const groups = groupDirs(cgroups, names.nodeCgroup(name));
  await endAll(names.runId, async () => {
    const pids = new Set((await Promise.all(groups.map(pidsBelow))).flat());
    return (await Promise.all([...pids].map(identityOf))).filter((one) => one !== undefined);
  });
  await removeMounts([dir]);
  await Promise.all(groups.map((group) => removeGroup(group)));
  // It goes with the node's network namespace, but not at once.
  if ((await linkNames()).includes(link)) await ipBatch(names.runId, [`link delete ${link}`]).catch(() => undefined);
  await rm(dir, { recursive: true, force: true });
}

/** What a cloud's controller does for a machine that is gone: its Node goes, and its pods with it. */
export async function forgetNode(client: KubeClient, name: string): Promise<void> {
  await deleteObject(client, `/api/v1/nodes/${name}`, { gone: true });
  const { items } = json(await get(client, `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`)) as V1PodList;
  await Promise.all(items.map(({ metadata }) => deleteObject(client, `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}?gracePeriodSeconds=0`, { gone: true })));
}
