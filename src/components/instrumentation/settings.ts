export interface AgentSettings {
  /** Whether agents send log lines; where files are read instead, each line would come twice. */
  readonly logs: boolean;
}

/** Milliseconds until what an agent has is sent on. The defaults are 5 s for spans, 1 s for lines and a minute for metrics. */
const sendDelayMs = 200;
const metricIntervalMs = 1000;

type AgentEnv = Readonly<Record<string, string>>;

/** Environment of every agent, and what only Node's has. */
export function agentEnv({ logs }: AgentSettings): { readonly common: AgentEnv; readonly nodejs: AgentEnv } {
  const common = {
    // Some versions speak gRPC by default, and the receiver behind the endpoint speaks HTTP.
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: logs ? 'otlp' : 'none',
    OTEL_BSP_SCHEDULE_DELAY: String(sendDelayMs), OTEL_BLRP_SCHEDULE_DELAY: String(sendDelayMs), OTEL_METRIC_EXPORT_INTERVAL: String(metricIntervalMs),
    // Not above the interval, or the agent refuses both.
    OTEL_METRIC_EXPORT_TIMEOUT: String(metricIntervalMs),
  };
  const nodejs = {
    // The detectors of clouds ask metadata services, which there are none of here, and wait for them.
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,process',
    // Spans of every file read and name looked up: noise in every user's traces too.
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs,net,dns',
  };
  return { common, nodejs };
}
