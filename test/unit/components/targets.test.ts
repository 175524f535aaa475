import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allocatorConfig } from '../../../src/components/allocator/manifests.ts';
import { collectorObjects, operatedCollector } from '../../../src/components/collector/manifests.ts';
import { scrapingWorkload } from '../../../src/components/collector/workload.ts';
import { allocatorResource } from '../../../src/components/operator/resources.ts';
import { targetDeployment, targetPorts } from '../../../src/components/target/manifests.ts';
import { monitorJobs, targetMonitor } from '../../../src/components/target/monitors.ts';
import { targetScrapeConfig } from '../../../src/components/target/scrape.ts';

const place = { runId: 'r1', namespace: 'n', image: 'i' };

test('each port of a pod is a target of its own, the first one as it is without others', () => {
  expect(targetPorts({ portsEach: 1 })).toEqual([{ name: 'metrics', port: 8080 }]);
  expect(targetPorts({ portsEach: 3 }).map(({ name, port }) => `${name} ${port}`)).toEqual(['metrics 8080', 'metrics-1 8081', 'metrics-2 8082']);
  const one = JSON.stringify(targetDeployment(place, { pods: 2, portsEach: 1 }));
  expect(one).not.toContain('PORTS');
  expect(JSON.stringify(targetDeployment(place, { pods: 2, portsEach: 3 }))).toContain('{"name":"PORTS","value":"3"}');
  const [keep] = targetScrapeConfig('r1', 'n', 2).relabel_configs as { regex: string }[];
  // Prometheus anchors its expressions.
  expect(['metrics', 'metrics-12', 'metrics-', 'other'].map((name) => new RegExp(`^(?:${keep?.regex})$`).test(name))).toEqual([true, true, false, false]);
});

const monitored = { runId: 'r1', namespace: 'side', targetsNamespace: 'targets', portsEach: 2, intervalSeconds: 2 };

test.each([
  ['service-monitors', 'ServiceMonitor', 'endpoints', 'serviceMonitor'], ['pod-monitors', 'PodMonitor', 'podMetricsEndpoints', 'podMonitor'],
] as const)('%s say what the scrape config says: interval, port, node, and are of their side alone', (source, kind, ends, job) => {
  const { metadata, spec, ...monitor } = targetMonitor(source, monitored) as unknown as { kind: string; metadata: object; spec: Record<string, unknown> };
  expect([monitor.kind, metadata]).toMatchObject([kind, { namespace: 'side' }]);
  expect(spec['namespaceSelector']).toEqual({ matchNames: ['targets'] });
  expect(spec[ends]).toMatchObject(['metrics', 'metrics-1'].map((port) => ({ port, interval: '2s', scrapeTimeout: '2s', relabelings: [{ targetLabel: 'node' }, { targetLabel: 'port' }] })));
  expect(monitorJobs(source, 'side', 2)).toEqual([`${job}/side/target/0`, `${job}/side/target/1`]);
});

test('an allocator reads monitors of its own namespace only, and falls back on another strategy where it is told to', () => {
  const settings = { strategy: 'per-node', scrapeConfigs: [] } as const;
  expect(parse(allocatorConfig(place, settings))).not.toHaveProperty('prometheus_cr');
  expect(parse(allocatorConfig(place, { ...settings, monitors: true, fallback: 'consistent-hashing' }))).toMatchObject({
    prometheus_cr: { enabled: true, allow_namespaces: ['n'], service_monitor_selector: {}, pod_monitor_selector: {} }, allocation_fallback_strategy: 'consistent-hashing',
  });
  const shape = { image: 'a', strategy: 'per-node', serviceAccount: 'allocator', memory: {}, monitors: true } as const;
  expect(allocatorResource({ ...place, name: 'c' }, shape)).toMatchObject({ spec: { prometheusCR: { enabled: true, allowNamespaces: ['n'] } } });
});

test('collectors by number are a stateful set, by the operator and as plain objects', () => {
  const workload = scrapingWorkload('{}', true, { replicas: 3 });
  expect(operatedCollector(place, 'collector', workload)).toMatchObject({ spec: { mode: 'statefulset', replicas: 3 } });
  expect(collectorObjects(place, workload)[1]).toMatchObject({ kind: 'StatefulSet', spec: { replicas: 3, podManagementPolicy: 'Parallel' } });
  expect(collectorObjects(place, scrapingWorkload('{}', true))[1]).toMatchObject({ kind: 'DaemonSet' });
});
