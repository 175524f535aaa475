import type { KubernetesObject } from '@kubernetes/client-node';
import { backendDeployment, overridesMount } from '../backend-manifests.ts';
import type { Place } from '../place.ts';
import { mimirConfig, mimirPort } from './config.ts';
import type { MimirSettings } from './config.ts';
import { mimirLimits } from './limits.ts';

/** What Mimir's query API lies below. */
export const mimirQueryPath = '/prometheus';

/** Path of Mimir's OTLP intake, to which exporters add `/v1/metrics`. */
export const mimirOtlpPath = '/otlp';

/** Mimir without its overrides ConfigMap (overridesObject), which must be there before the pod can start. */
export function mimirDeployment(place: Place, settings: MimirSettings = {}): KubernetesObject[] {
  return backendDeployment(place, {
    name: 'mimir',
    args: ['-config.file=/etc/plumbline/mimir.yaml'],
    files: { 'mimir.yaml': mimirConfig(settings) },
    ports: [{ name: 'http', port: mimirPort }],
    ready: { path: '/ready', port: mimirPort },
    // Idle 115 MiB, loopback.
    memoryMi: { request: 128, limit: 1024 },
    live: overridesMount(mimirLimits),
  });
}
