/** Between the ports of one tenant and those of the next. */
const portStep = 10;

/** Ports on which a collector takes OTLP of the tenant at that index among its own; the first one's are the usual ones. */
export function otlpPorts(index: number): { readonly http: number; readonly grpc: number } {
  return { http: 4318 + index * portStep, grpc: 4317 + index * portStep };
}
