import type { KubernetesObject } from '@kubernetes/client-node';
import { backendDeployment } from '../backend-manifests.ts';
import type { Place } from '../place.ts';
import { jaegerConfig, jaegerHealthPort, jaegerOtlpGrpcPort, jaegerOtlpHttpPort, jaegerPort } from './config.ts';

/** Ports of its service, by name; its OTLP intake has no path before `/v1/traces`. */
export const jaegerPorts = { query: 'http', otlpHttp: 'otlp-http', otlpGrpc: 'otlp-grpc' } as const;

/** Jaeger with its traces in memory: they go with the pod, and it has no limits that change while it runs. */
export function jaegerDeployment(place: Place): KubernetesObject[] {
  return backendDeployment(place, {
    name: 'jaeger',
    args: ['--config=/etc/plumbline/jaeger.yaml'],
    files: { 'jaeger.yaml': jaegerConfig() },
    ports: [{ name: jaegerPorts.query, port: jaegerPort }, { name: jaegerPorts.otlpHttp, port: jaegerOtlpHttpPort }, { name: jaegerPorts.otlpGrpc, port: jaegerOtlpGrpcPort }],
    ready: { path: '/status', port: jaegerHealthPort },
    memoryMi: { request: 64, limit: 512 },
  });
}
