import type { KubernetesObject } from '@kubernetes/client-node';
import { backendDeployment, overridesMount } from '../backend-manifests.ts';
import type { Place } from '../place.ts';
import { lokiConfig, lokiPort } from './config.ts';
import type { LokiSettings } from './config.ts';
import { lokiLimits } from './limits.ts';

/** Path of Loki's OTLP intake, to which exporters add `/v1/logs`. */
export const lokiOtlpPath = '/otlp';

/** Loki without its overrides ConfigMap (overridesObject), which must be there before the pod can start. */
export function lokiDeployment(place: Place, settings: LokiSettings = {}): KubernetesObject[] {
  return backendDeployment(place, {
    name: 'loki',
    args: ['-config.file=/etc/plumbline/loki.yaml'],
    files: { 'loki.yaml': lokiConfig(settings) },
    ports: [{ name: 'http', port: lokiPort }],
    ready: { path: '/ready', port: lokiPort },
    // Idle 105 MiB, loopback.
    memoryMi: { request: 128, limit: 768 },
    live: overridesMount(lokiLimits),
  });
}
