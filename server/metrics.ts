import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** What the hub counts about itself; `GET /metrics` prints the registry. Other parts add their own to it. */
export interface Metrics {
  registry: Registry;
  /** Refusals by stable code and by where they were given (http, widget, agent …). */
  errors: Counter<"code" | "via">;
  /** Seconds an HTTP request took, by route pattern. */
  requests: Histogram<"method" | "route" | "status">;
  /** Webhook deliveries given up after a day. */
  webhooksParked: Counter;
}

/** One registry per app: nothing global, so that two apps in one process count apart. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    errors: new Counter({
      name: "parley_errors_total",
      help: "Refusals and failures by stable error code",
      labelNames: ["code", "via"],
      registers: [registry],
    }),
    webhooksParked: new Counter({
      name: "parley_webhooks_parked_total",
      help: "Webhook deliveries given up after a day of tries",
      registers: [registry],
    }),
    requests: new Histogram({
      name: "parley_http_request_duration_seconds",
      help: "Duration of HTTP requests by route",
      labelNames: ["method", "route", "status"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
  };
}
