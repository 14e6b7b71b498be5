/**
 * Tells whether the daemon has processed what its sources held at a given moment. The demo waits for this before its
 * clock continues.
 */
import type { Clock } from "../clock.ts";
import type { DetectionWorker } from "../detection/partition/worker.ts";
import { countEffects, dueEffects } from "../store/outbox/inspect.ts";
import type { Queryable } from "../store/query.ts";
import type { RecordLog } from "../stream/record-log.ts";

export type Progress =
  /** Something that is due is not done; `waitsFor` says what, as a clause for people. */
  | { readonly settled: false; readonly waitsFor: string }
  /** `effectsDone` counts what was ever carried out. When it has grown, the stream may hold what those effects sent. */
  | { readonly settled: true; readonly effectsDone: number };

export interface ProgressParts {
  readonly store: Queryable;
  readonly clock: Pick<Clock, "now">;
  readonly stream: Pick<RecordLog, "partitions">;
  readonly worker: Pick<DetectionWorker, "watermarks">;
  readonly sources: readonly { readonly name: string }[];
}

/**
 * Detection comes first: once its decisions are committed, the effects that they promise are in the outbox. Effects
 * are counted last, so that the count holds all that were carried out by then.
 *
 * @param atMs every row committed in a source before this moment of the clock has to be judged
 */
export async function progressOf(parts: ProgressParts, atMs: number): Promise<Progress> {
  const { store, clock } = parts;
  const unjudged = unjudgedOf(parts, atMs);
  if (unjudged !== undefined) return { settled: false, waitsFor: unjudged };
  const due = await dueEffects(store, clock.now());
  if (due.length > 0) return { settled: false, waitsFor: `effects are due: ${due.join(", ")}` };
  const { done } = await countEffects(store);
  return { settled: true, effectsDone: done };
}

function unjudgedOf({ stream, worker, sources }: ProgressParts, atMs: number): string | undefined {
  const held = worker.watermarks();
  if (held.length < stream.partitions) {
    return `detection reads ${held.length} of ${stream.partitions} partitions`;
  }
  const marks = held.flatMap((bySource) => sources.map(({ name }) => bySource.get(name)));
  const known = marks.filter((mark) => mark !== undefined);
  if (known.length < marks.length) return "detection has not seen a tick of every source yet";
  const judgedMs = Math.min(...known) / 1000;
  if (judgedMs >= atMs) return undefined;
  return `detection has judged rows up to ${timeOf(judgedMs)}, not yet up to ${timeOf(atMs)}`;
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
