/** Applies each kind of record to its model. */
import type {
  HistoryRecord,
  MarkerRecord,
  ModelRecord,
  Row,
  RowsRecord,
  TickRecord,
} from "../../stream/record.ts";
import type { DetectionCounts, DropReason } from "../attribution/counts.ts";
import { advance, historyLevel } from "../attribution/positions.ts";
import { ask } from "../episode/verification.ts";
import type { WatchedModel } from "../model.ts";
import { addRows, countAttributed, countDropped, countFuture } from "./row-counts.ts";

/** Markers remembered with what they announced, for tickets and pictures. */
const rememberedChanges = 8;
/** Markers and verdicts remembered, so that one sent twice is taken once. */
const rememberedIds = 50;

export function applyRecord(
  model: WatchedModel,
  record: ModelRecord,
  counts: DetectionCounts,
): void {
  switch (record.kind) {
    case "rows":
      takeRows(model, record, counts);
      break;
    case "history":
      takeHistory(model, record, counts);
      break;
    case "marker":
      takeMarker(model, record);
      break;
    case "verify":
      ask(model.facts.verification, record);
      break;
    case "feedback":
      isNew(model, record.id);
  }
}

/** Handles a tick: forgets absurd times, records a gap, lets time pass. @returns whether anything changed */
export function passTick(model: WatchedModel, tick: TickRecord, counts: DetectionCounts): boolean {
  if (model.facts.historic) return false;
  const limit = tick.clock + model.source.maxFutureUs;
  const absurd = tick.clock < model.aheadUntil;
  if (absurd) countFuture(model.facts.rows, counts, model.forgetBeyond(limit));
  const { clock, gap = 0 } = tick;
  const missed = gap > 0 && model.notAsked({ from: clock - gap, until: clock });
  if (tick.watermark < model.due()) return absurd || missed;
  model.pass(tick.watermark, tick.newest);
  return true;
}

function takeRows(model: WatchedModel, record: RowsRecord, counts: DetectionCounts): void {
  if (model.facts.historic) endHistory(model);
  model.facts.source = record.source;
  const intake = { place: record, counts };
  takeEach(model, record.rows, intake);
}

function takeHistory(model: WatchedModel, record: HistoryRecord, counts: DetectionCounts): void {
  const { facts } = model;
  if (facts.lastAt === null && model.unfinished === 0) facts.historic = true;
  // History has no ticks, so the times of the rows replace them.
  const before = (row: Row): void => {
    if (facts.historic && Number.isFinite(row.ts)) model.pass(row.ts);
  };
  takeEach(model, record.rows, { place: { level: historyLevel, window: 0 }, counts, before });
  if (record.last && facts.historic) endHistory(model);
}

function endHistory(model: WatchedModel): void {
  model.finish();
  model.facts.historic = false;
}

interface Intake {
  readonly place: { readonly level: number; readonly window: number };
  readonly counts: DetectionCounts;
  /** Called with each row before it is taken. */
  readonly before?: (row: Row) => void;
}

/** Takes rows one by one. If a detector throws, the remaining rows of the record are set aside. */
function takeEach(model: WatchedModel, rows: readonly Row[], intake: Intake): void {
  const { place, counts, before } = intake;
  let taken = 0;
  let attributed = 0;
  try {
    for (const row of rows) {
      before?.(row);
      const reason = dropReason(model, row, place);
      taken++;
      if (reason === undefined) attributed++;
      else countDropped(model.facts.rows, counts, reason);
      if (reason === undefined && !Number.isFinite(row.importance)) counts.nonFinite++;
    }
    model.endRows();
  } catch (error) {
    addRows(model.facts.rows, "quarantined", rows.length - taken);
    throw error;
  } finally {
    countAttributed(model.facts.rows, counts, attributed);
  }
}

function dropReason(model: WatchedModel, row: Row, place: Intake["place"]): DropReason | undefined {
  if (!advance(model.facts.positions, place, row)) return "seen_position";
  if (!Number.isFinite(row.ts)) return "non_finite_time";
  const { ignoredFeatures: ignored } = model.source;
  if (ignored.size > 0 && ignored.has(row.feature)) return "ignored";
  return model.take(row);
}

/** Stores a marker. It takes effect with the attribution or tick that reaches its time. */
function takeMarker(model: WatchedModel, { id, at, marker }: MarkerRecord): void {
  if (!isNew(model, id)) return;
  const { facts } = model;
  facts.markers.push({ id, at });
  facts.announced = [...(facts.announced ?? []), { at, what: marker }].slice(-rememberedChanges);
  if (facts.lastAt !== null) model.applyMarkers(facts.lastAt);
}

function isNew({ facts }: WatchedModel, id: string): boolean {
  if (facts.taken.includes(id)) return false;
  facts.taken = [...facts.taken, id].slice(-rememberedIds);
  return true;
}
