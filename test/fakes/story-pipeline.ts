/** Stands in for the daemon in the demo's story: a real engine, restarts, answers, and as much delay as wanted. */
import { detectorTypes } from "../../detectors/index.ts";
import type { Clock } from "../../src/clock.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent, EpisodeOpened } from "../../src/detection/event.ts";
import {
  defaultDecision,
  defaultRetireAfterUs,
  defaultSource,
} from "../../src/detection/settings.ts";
import { Placing } from "../../src/incidents/placing.ts";
import { modelKey, modelName } from "../../src/model-key.ts";
import type { Pipeline, PipelineProgress } from "../../src/sandbox/story/demo-run.ts";
import type { PersonAct, StoryPeople } from "../../src/sandbox/story/people.ts";
import type { StoryRow } from "../../src/sandbox/story/rows.ts";
import { promisedRefusals, promisedRestarts, sourceOf } from "../../src/sandbox/story/script.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";

export interface PipelineTicket {
  readonly summary: string;
  readonly atMs: number;
  readonly description: string;
  readonly comments: string[];
  reopened: number;
}

export interface StoryPipelineOptions {
  /** Stamps tickets and restarts. */
  readonly clock: Clock;
  readonly real: Clock;
  /** How long it takes to catch up, real milliseconds. */
  readonly lateMs: number;
}

const sources = ["main", "pricing"] as const;
/** Longer than any pipeline here is late, and shorter than a step. */
const longestWaitUs = 300_000_000;
const keyOf = (model: string): string =>
  modelKey({ tenant: "default", environment: "demo", source: sourceOf(model), model });

export class StoryPipeline implements Pipeline, StoryPeople {
  readonly events: DetectionEvent[] = [];
  readonly tickets: PipelineTicket[] = [];
  /** Names of the containers that were restarted. */
  readonly restarts: string[] = [];
  readonly #options: StoryPipelineOptions;
  readonly #engine = new PartitionEngine({
    detectors: detectorSet(detectorTypes, { sensitivity: "normal" }),
    source: () => defaultSource,
    decision: defaultDecision,
    maxModels: 100,
    maxNewModelsPerHour: 100,
    retireAfterUs: defaultRetireAfterUs,
    maxFeatures: 100,
  });
  readonly #placing = new Placing({
    open: new Map(),
    memberships: new Map(),
    sourceModels: new Map(),
  });
  #unjudged: StreamRecord[] = [];
  #asked = { untilMs: -1, doneAtMs: 0 };
  #offset = 0;
  #window = 0;

  constructor(options: StoryPipelineOptions) {
    this.#options = options;
  }

  learn(past: readonly StoryRow[]): void {
    for (const [model, rows] of byModel(past))
      this.#apply({
        kind: "history",
        model: keyOf(model),
        source: sourceOf(model),
        rows,
        last: true,
      });
  }

  async insert(written: readonly StoryRow[]): Promise<void> {
    if (this.#unjudged.length > 0) throw new Error("rows were written before the last were judged");
    this.#window += 1;
    const place = { level: 0, window: this.#window };
    for (const [model, rows] of byModel(written)) {
      const source = sourceOf(model);
      this.#unjudged.push({ kind: "rows", model: keyOf(model), source, ...place, rows });
    }
  }

  /** It answers at once. What was closed comes back. */
  async act({ subject, says, answer }: PersonAct): Promise<boolean> {
    const ticket = this.#ticketOf(subject);
    if (ticket === undefined) return false;
    ticket.comments.push(answer);
    if (says === undefined) ticket.reopened += 1;
    if (says === "dw approve") this.#restart(subject);
    if (says?.startsWith("dw expected") !== true) return true;
    const at = this.#options.clock.now() * 1000;
    const record = { kind: "marker", id: says, model: keyOf(subject), at } as const;
    this.#unjudged.push({ ...record, marker: "expected" });
    return true;
  }

  answersOn(subject: string): number {
    return this.#ticketOf(subject)?.comments.length ?? 0;
  }

  #ticketOf(subject: string): PipelineTicket | undefined {
    return this.tickets.find(({ summary }) => summary.startsWith(subject));
  }

  async progress(untilMs: number): Promise<PipelineProgress> {
    const { real, lateMs } = this.#options;
    if (untilMs !== this.#asked.untilMs) this.#asked = { untilMs, doneAtMs: real.now() + lateMs };
    if (real.now() < this.#asked.doneAtMs) return { settled: false, waitsFor: "it is slow" };
    const watermark = untilMs * 1000;
    const judged = this.#unjudged.splice(0);
    for (const record of judged) {
      if (record.kind === "verify" && watermark - record.since > longestWaitUs)
        throw new Error("time went on before the question about the restart was judged");
      this.#apply(record);
    }
    for (const source of sources)
      this.#apply({ kind: "tick", source, watermark, clock: watermark });
    return { settled: true, effectsDone: this.tickets.length + this.restarts.length };
  }

  #apply(record: StreamRecord): void {
    const events = this.#engine.apply(this.#offset++, record);
    this.events.push(...events);
    for (const event of events) this.#react(event);
  }

  #react(event: DetectionEvent): void {
    const { model } = modelName(event.model);
    if (event.type === "episode_opened") return this.#opened(event);
    if (event.type !== "verified") return;
    const promised = promisedRestarts.find((one) => one.model === model);
    const isAsPromised = (event.outcome === "recovered") === (promised?.model === "eta-v2");
    this.#ticketOf(model)?.comments.push(isAsPromised ? `${promised?.outcome}` : event.outcome);
  }

  #opened(event: EpisodeOpened): void {
    const { model, source } = modelName(event.model);
    const feature = event.features[0]?.feature ?? "";
    const atMs = this.#options.clock.now();
    const { joins } = this.#placing.take(event, { nowMs: atMs, reopenDurationMs: 0 });
    if (joins !== undefined) return;
    const summary = event.kind === "silent" ? `source ${source}` : `${model}: ${feature}`;
    const description = promisedRefusals.says.join(", ");
    this.tickets.push({ summary, atMs, description, comments: [], reopened: 0 });
    if (feature === "credit_score") this.#restart(model);
  }

  /** As the daemon: the question goes into the stream, and is judged with what comes next. */
  #restart(model: string): void {
    const atMs = this.#options.clock.now();
    const promised = promisedRestarts.find((one) => one.model === model);
    this.restarts.push(...(promised?.containers ?? [model]));
    this.#unjudged.push({
      kind: "verify",
      run: `run ${this.restarts.length}`,
      model: keyOf(model),
      since: atMs * 1000,
      notBefore: (atMs + 300_000) * 1000,
      minAttributions: 3,
      giveUpCadences: 6,
    });
  }
}

function byModel(rows: readonly StoryRow[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  rows.forEach((row, tid) => {
    const list = grouped.get(row.model) ?? [];
    list.push({ ts: row.atMs * 1000, feature: row.feature, importance: row.importance, tid });
    grouped.set(row.model, list);
  });
  return grouped;
}
