/** The metrics of all sources, with the label `source`. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

type BySource = "source";
type ByReason = "source" | "reason";

export interface SourceMetrics {
  readonly polls: Counter<BySource>;
  readonly pollFailures: Counter<ByReason>;
  readonly rows: Counter<BySource>;
  readonly rowsDropped: Counter<ByReason>;
  readonly rowsNonFinite: Counter<BySource>;
  readonly records: Counter<BySource>;
  readonly rewrites: Counter<BySource>;
  readonly takeovers: Counter<BySource>;
  readonly held: Gauge<BySource>;
  readonly watermark: Gauge<BySource>;
  readonly horizonAge: Gauge<BySource>;
  readonly windowSeconds: Histogram<"source" | "level">;
}

const labelNames = ["source"] as const;
const withReason = ["source", "reason"] as const;
const withLevel = ["source", "level"] as const;

function counters(
  registry: Registry,
): Omit<SourceMetrics, "held" | "watermark" | "horizonAge" | "windowSeconds"> {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
    new Counter({ name: `driftwarden_source_${name}_total`, help, labelNames: labels, registers });
  return {
    polls: counter("polls", "Polls begun.", labelNames),
    pollFailures: counter("poll_failures", "Polls that failed and are tried again.", withReason),
    rows: counter("rows", "Rows read, history included.", labelNames),
    rowsDropped: counter("rows_dropped", "Rows read that belong to no series.", withReason),
    rowsNonFinite: counter(
      "rows_non_finite",
      "Rows handed on whose importance is null, NaN, infinite or no number.",
      labelNames,
    ),
    records: counter("records", "Records the stream has acknowledged, with ticks.", labelNames),
    rewrites: counter("rewrites", "Times the table or cluster was found rewritten.", labelNames),
    takeovers: counter("takeovers", "Times this process took the source over.", labelNames),
  };
}

/** Registers the source's metrics; call once a registry. */
export function sourceMetrics(registry: Registry): SourceMetrics {
  const registers = [registry];
  return {
    ...counters(registry),
    held: new Gauge({
      name: "driftwarden_source_held",
      help: "1 in the process that polls the source, 0 in those that stand by.",
      labelNames,
      registers,
    }),
    watermark: new Gauge({
      name: "driftwarden_source_watermark_timestamp_seconds",
      help: "Every transaction that began writing before this has been delivered.",
      labelNames,
      registers,
    }),
    horizonAge: new Gauge({
      name: "driftwarden_source_horizon_age_seconds",
      help: "How far the watermark is behind the source's clock; grows while a long transaction is open on the server.",
      labelNames,
      registers,
    }),
    windowSeconds: new Histogram({
      name: "driftwarden_source_window_seconds",
      help: "Reading one window, the stream's time left out.",
      labelNames: withLevel,
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
  };
}
