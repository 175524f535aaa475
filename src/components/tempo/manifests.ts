import type { KubernetesObject } from '@kubernetes/client-node';
import { backendDeployment, overridesMount } from '../backend-manifests.ts';
import type { Place } from '../place.ts';
import { tempoConfig, tempoOtlpGrpcPort, tempoOtlpHttpPort, tempoPort } from './config.ts';
import type { TempoSettings } from './config.ts';
import { tempoLimits } from './limits.ts';

/** Tempo without its overrides ConfigMap (overridesObject), which must be there before the pod can start. Its OTLP intake has no path before `/v1/traces`. */
export function tempoDeployment(place: Place, settings: TempoSettings = {}): KubernetesObject[] {
  return backendDeployment(place, {
    name: 'tempo',
    args: ['-config.file=/etc/plumbline/tempo.yaml'],
    files: { 'tempo.yaml': tempoConfig(settings) },
    ports: [{ name: 'http', port: tempoPort }, { name: 'otlp-http', port: tempoOtlpHttpPort }, { name: 'otlp-grpc', port: tempoOtlpGrpcPort }],
    ready: { path: '/ready', port: tempoPort },
    // Idle 90 MiB, loopback.
    memoryMi: { request: 96, limit: 1024 },
    // A look-up by id decodes a trace three times over: collecting half as often saves a quarter of the CPU of reading a million spans back.
    env: { GOGC: '200' },
    live: overridesMount(tempoLimits),
  });
}
