/** The metrics of all sources, with the label `source`. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { SourceRows } from "./source-rows.ts";

type BySource = "source";
type ByReason = "source" | "reason";

export interface SourceMetrics {
  readonly polls: Counter<BySource>;
  readonly pollFailures: Counter<ByReason>;
  readonly rowsNonFinite: Counter<BySource>;
  readonly namesCleaned: Counter<BySource>;
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
    rowsNonFinite: counter(
      "rows_non_finite",
      "Importances handed to detection that are null, NaN, infinite or no number.",
      labelNames,
    ),
    namesCleaned: counter(
      "names_cleaned",
      "Rows whose feature or model name held control characters or direction marks; these are removed from the name.",
      labelNames,
    ),
    records: counter("records", "Records the stream has acknowledged, with ticks.", labelNames),
    rewrites: counter(
      "rewrites",
      "How often the table or the database cluster was found rewritten.",
      labelNames,
    ),
    takeovers: counter("takeovers", "How often this process took the source over.", labelNames),
  };
}

/** The counts of rows of each source that this process polls. */
export type RowsCounted = () => Iterable<readonly [source: string, rows: SourceRows]>;

/** Shows the stored counts of rows, so a row that is read again after a restart counts once. */
function registerRows(registry: Registry, read: RowsCounted): void {
  registry.registerMetric(
    new Counter({
      name: "driftwarden_source_rows_total",
      help: "Importances read, history included, each once; a row that is left out as a whole counts as one. Shown by the process that polls the source.",
      labelNames,
      registers: [],
      collect() {
        this.reset();
        for (const [source, rows] of read()) this.inc({ source }, rows.read);
      },
    }),
  );
  registry.registerMetric(
    new Counter({
      name: "driftwarden_source_rows_dropped_total",
      help: "Importances read and left out because they belong to no series, each once; a row that is left out as a whole counts as one.",
      labelNames: withReason,
      registers: [],
      collect() {
        this.reset();
        for (const [source, { leftOut }] of read())
          for (const [reason, rows] of Object.entries(leftOut)) this.inc({ source, reason }, rows);
      },
    }),
  );
}

/**
 * Registers the metrics of all sources. Call it once for each registry.
 *
 * @param read the counts of the pollers of this process
 */
export function sourceMetrics(registry: Registry, read: RowsCounted): SourceMetrics {
  registerRows(registry, read);
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
      help: "Time to read one window, without the time in which the stream took its rows.",
      labelNames: withLevel,
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
  };
}
