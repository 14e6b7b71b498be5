/** Detection's own metrics. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { ModelView, PartitionEngine } from "./engine.ts";
import { addAll, entriesOf, type RowCounts } from "./partition/row-counts.ts";

interface SavingMetrics {
  readonly statesSaved: Counter;
  readonly saves: Counter;
  readonly saveFailures: Counter;
}

export interface DetectionMetrics extends SavingMetrics {
  readonly records: Counter<"kind">;
  readonly decisions: Counter<"type">;
  readonly gaps: Counter;
  readonly quarantined: Counter;
  readonly divergences: Counter;
  readonly modelsRetired: Counter;
  readonly rowsRepeated: Counter;
}

/** The sources of the metrics, read at each scrape. */
export interface Seen {
  readonly engines: () => readonly Pick<PartitionEngine, "rows" | "watermarks" | "models">[];
  /** The configured sources. Other sources send no more rows, so they are left out. Default: all count. */
  readonly sources?: readonly string[];
  /** Rows that the sources of this process left out while reading, by source and reason. */
  readonly leftOut?: () => Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Scores are shown for this many models at most. */
  readonly maxLabelledModels: number;
}

/** @param registry where they are registered */
export function detectionMetrics(registry: Registry, seen: Seen): DetectionMetrics {
  registerRows(registry, seen);
  registerModels(registry, seen);
  registerScores(registry, seen);
  const registers = [registry];
  return {
    records: new Counter({
      name: "driftwarden_detection_records_total",
      help: "Records read from the stream, by kind.",
      labelNames: ["kind"],
      registers,
    }),
    decisions: new Counter({
      name: "driftwarden_detection_decisions_total",
      help: "Decisions committed, by type.",
      labelNames: ["type"],
      registers,
    }),
    gaps: new Counter({
      name: "driftwarden_detection_gaps_total",
      help: "Times that records were missing between two offsets of a partition.",
      registers,
    }),
    quarantined: new Counter({
      name: "driftwarden_detection_quarantined_total",
      help: "Records set aside because they could not be read or processed.",
      registers,
    }),
    divergences: new Counter({
      name: "driftwarden_detection_divergences_total",
      help: "Decisions that differed from the stored ones when they were computed again.",
      registers,
    }),
    modelsRetired: new Counter({
      name: "driftwarden_detection_models_retired_total",
      help: "Models that were silent for detection.retire_after and are forgotten, with their states.",
      registers,
    }),
    rowsRepeated: new Counter({
      name: "driftwarden_detection_rows_repeated_total",
      help: "Rows that the stream delivered again after an interruption and that were taken once.",
      registers,
    }),
    ...savingMetrics(registry),
  };
}

function savingMetrics(registry: Registry): SavingMetrics {
  const registers = [registry];
  return {
    statesSaved: new Counter({
      name: "driftwarden_detection_states_saved_total",
      help: "Model states written to the store.",
      registers,
    }),
    saves: new Counter({
      name: "driftwarden_detection_saves_total",
      help: "Attempts to save what has changed in a partition's models.",
      registers,
    }),
    saveFailures: new Counter({
      name: "driftwarden_detection_save_failures_total",
      help: "Attempts to save model states that failed; the states stay in memory and are tried again.",
      registers,
    }),
  };
}

/** Registers what became of every row, summed at each scrape from counts that are saved with the models. */
function registerRows(registry: Registry, seen: Seen): void {
  registry.registerMetric(
    new Counter({
      name: "driftwarden_detection_rows_total",
      help: "Rows by source and by what became of them: attributed, or why left out. Together they are the rows read, less those in flight. The outcome unfinished falls when the rows are attributed.",
      labelNames: ["source", "outcome"],
      registers: [],
      collect() {
        this.reset();
        const totals: Record<string, RowCounts> = {};
        for (const engine of seen.engines()) {
          for (const [source, rows] of Object.entries(engine.rows()))
            addAll((totals[source] ??= {}), rows);
        }
        for (const [source, rows] of Object.entries(totals))
          for (const [outcome, count] of entriesOf(rows)) this.inc({ source, outcome }, count);
        for (const [source, rows] of Object.entries(seen.leftOut?.() ?? {}))
          for (const [outcome, count] of Object.entries(rows)) this.inc({ source, outcome }, count);
      },
    }),
  );
}

/** Registers the number of models, counted at each scrape. */
function registerModels(registry: Registry, seen: Seen): void {
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_detection_models",
      help: "Models in memory, by condition; warming_up and provisional are slow models that are not known well yet.",
      labelNames: ["condition"],
      registers: [],
      collect() {
        const models = [...modelsOf(seen)];
        this.set({ condition: "all" }, models.length);
        this.set({ condition: "silent" }, models.filter((model) => model.silent).length);
        this.set({ condition: "anomalous" }, models.filter((model) => model.openEpisode).length);
        const slow = models.flatMap(({ warmUp }) => warmUp ?? []);
        const provisional = slow.filter((warmUp) => warmUp === "provisional").length;
        this.set({ condition: "provisional" }, provisional);
        this.set({ condition: "warming_up" }, slow.length - provisional);
        this.set({ condition: "unhealthy" }, models.filter((model) => model.unhealthy).length);
      },
    }),
  );
}

/** Registers watermark and scores, read at each scrape. */
function registerScores(registry: Registry, seen: Seen): void {
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_detection_watermark_timestamp_seconds",
      help: "Oldest watermark among the partitions and sources: everything before it has been judged. A process that holds no partition shows none.",
      registers: [],
      collect() {
        const engines = seen.engines();
        // A process without a partition judges nothing. The processes that hold partitions show the watermark.
        this.remove();
        if (engines.length === 0) return;
        const all = engines.flatMap(({ watermarks }) => [...watermarks]);
        const marks = all
          .filter(([source]) => seen.sources?.includes(source) ?? true)
          .map(([, watermark]) => watermark);
        this.set(marks.length === 0 ? 0 : Math.min(...marks) / 1e6);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_detector_score",
      help: "Newest score by model and detector; 1 is the boundary. Bounded by max_labelled_models.",
      labelNames: ["model", "detector"],
      registers: [],
      collect() {
        this.reset();
        for (const { model, scores } of labelledIn(seen))
          for (const { detector, score } of scores)
            if (score !== undefined) this.set({ model, detector }, score);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: "driftwarden_attribution_sum",
      help: "Sum of the absolute importances of a model's newest attribution. Bounded by max_labelled_models.",
      labelNames: ["model"],
      registers: [],
      collect() {
        this.reset();
        for (const { model, total } of labelledIn(seen))
          if (total !== undefined) this.set({ model }, total);
      },
    }),
  );
}

function* labelledIn(seen: Seen): Generator<ModelView> {
  let labelled = 0;
  for (const model of modelsOf(seen)) {
    if (labelled >= seen.maxLabelledModels) return;
    labelled += 1;
    yield model;
  }
}

function* modelsOf(seen: Seen): Generator<ModelView> {
  for (const engine of seen.engines()) yield* engine.models();
}
