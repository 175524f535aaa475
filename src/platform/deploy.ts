import type { NodeChange } from '../clusters/provider.ts';
import { startApps } from './apps.ts';
import { startBackends, waysTo } from './backends.ts';
import { clusterNamesOf } from './clusters.ts';
import { startGate } from './gate.ts';
import { startGrafana } from './grafana.ts';
import { startHolders } from './holders.ts';
import { joinInstalled } from './installed.ts';
import { startJaeger } from './jaeger.ts';
import { startOperator, startOperators } from './operator.ts';
import { clientOf, imageReference } from './parts.ts';
import type { Deployment } from './parts.ts';
import { sharedTargetsNamespace, sideNamespace, sideTargetsNamespace } from './platform.ts';
import type { Platform } from './platform.ts';
import { startScrapers, startTargets } from './scraping.ts';
import { startTenants, tenantsOf } from './tenants.ts';

export type { Deployment } from './parts.ts';

/**
 * Deploys what the spec says and waits until all of it is Ready. Backends, senders and targets are applied where they
 * already run: applying is idempotent, and sides of equal shape share them.
 * @throws PlumblineError PL-COMPONENT-EXITED with a component's last lines, PL-WAIT-TIMEOUT with what it waited for,
 *   PL-LIMIT-UNKNOWN or PL-LIMIT-REFUSED for limits that a backend does not take, PL-INSTALLED-UNREACHABLE or PL-INSTALLED-REFUSED
 *   for a user's own platform that does not answer
 */
export async function deploy(deployment: Deployment): Promise<Platform> {
  const { runId, spec, name, changeNodes, signal } = deployment;
  if (spec.installed) return joinInstalled(deployment, spec.installed);
  const bare: Platform = {
    spec, runId, tenant: name, client: clientOf(deployment, clusterNamesOf(spec)[0]), namespace: sideNamespace(runId, name), tenants: [], access: {}, intakes: {},
    ...(spec.spareNodes > 0 && changeNodes ? { changeNodes: (change: NodeChange) => changeNodes(change, signal) } : {}),
    ...(spec.targets ? { targetsNamespace: deployment.ownTargets ? sideTargetsNamespace(runId, name) : sharedTargetsNamespace(runId, spec.targets) } : {}),
  };
  const scraped = bare.targetsNamespace === undefined ? undefined : { ...bare, targetsNamespace: bare.targetsNamespace };
  const [backends, jaeger] = await Promise.all([
    startBackends(deployment, bare.client), startJaeger(deployment, bare.client), scraped && startTargets(deployment, scraped), startOperators(deployment), startHolders(deployment, bare.client, clusterNamesOf(spec)[0]),
  ]);
  if (scraped) await startScrapers(deployment, { ...scraped, ...backends }, await startOperator(deployment, bare.client));
  const gate = await startGate(deployment, bare.client, backends);
  const tenants = tenantsOf(deployment);
  // The apps take their time to start, and nothing counts before they are asked.
  const [grafana, apps] = await Promise.all([startTenants(deployment, tenants, backends, { gate, jaeger }).then(() => startGrafana(deployment, bare.client, backends, tenants)), startApps(deployment, tenants[0])]);
  const load = spec.load ? { loadImage: imageReference(deployment.images, { component: 'k6', version: spec.load.version }) } : {};
  return { ...bare, ...backends, ...waysTo(backends), tenants, ...(jaeger ? { jaeger } : {}), ...(gate ? { gate: gate.place } : {}), ...(grafana ? { grafana } : {}), ...(apps ? { apps } : {}), ...load };
}
