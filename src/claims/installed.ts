import type { Installed } from '../platform/installed-spec.ts';
import { backendNames } from '../components/backend.ts';
import { platformSpec } from '../platform/spec.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { Claim } from './claim.ts';

/** Why a claim is not judged on a platform that is the user's own. */
export const notBlackBox = 'deploys, changes or watches a part of its platform, which it does to none that is your own';

/** The claim as it is judged on a platform of the user's own: with the twin that leaves the platform as it is. */
export function onInstalled(claim: Claim): Claim {
  return claim.blackBox ? { ...claim, twin: claim.blackBox.twin } : claim;
}

/** A claim's platform where it is the user's own; of the claim's file nothing is left but what a platform has to have. */
export function installedPlatform(installed: Installed, { collector }: PlatformSpec): PlatformSpec {
  return platformSpec.parse({
    nodes: 1, collector, ...(installed.clusters ? { clusters: installed.clusters } : {}),
    tenants: Object.fromEntries(Object.entries(installed.tenants).map(([name, { cluster }]) => [name, cluster === undefined ? {} : { cluster }])),
    installed: { backends: backendNames.filter((name) => installed[name] !== undefined), deliverySeconds: installed.deliverySeconds },
  });
}
