/** Converts acts to lines of the record of acts, and lines to acts. It uses no file. */
import { z } from "zod";
import { type ClockReading, laterBy } from "../permit.ts";
import { ExecutorError } from "./errors.ts";

export type ActStatus = "open" | "done" | "failed" | "unknown";

export interface RecordedAct {
  readonly effect: string;
  /** Id of the container. */
  readonly container: string;
  readonly name: string;
  /** When the container had started before the act, as the engine writes it. Of another change: its plan. */
  readonly startedAt: string;
  readonly graceSeconds: number;
  /** When the act began, by the clocks of this boot. */
  readonly at: ClockReading;
  readonly status: ActStatus;
  /** How the act ended, one sentence. */
  readonly detail: string;
  /** Figures of its end, for those who ask again. */
  readonly result?: Readonly<Record<string, number>> | undefined;
}

const begun = z.strictObject({
  begin: z.string(),
  container: z.string(),
  name: z.string(),
  started_at: z.string(),
  grace_seconds: z.number(),
  boot: z.string().optional(),
  monotonic_ns: z.string().regex(/^-?\d+$/),
  wall_ms: z.number(),
});
const ended = z.strictObject({
  end: z.string(),
  container: z.string(),
  status: z.enum(["done", "failed", "unknown", "undone"]),
  detail: z.string(),
  result: z.record(z.string(), z.number()).optional(),
});
const line = z.union([begun, ended]);

export const keyOf = (effect: string, container: string): string => `${container} ${effect}`;

interface Present {
  /** Name of the file. */
  readonly file: string;
  readonly now: ClockReading;
  readonly boot: string | undefined;
}

/** Skips a last line without a line end: a crash cut it off. No act begins before its line is whole. */
export function readActs(text: string, present: Present): readonly RecordedAct[] {
  const acts = new Map<string, RecordedAct>();
  for (const [index, written] of text.split("\n").slice(0, -1).entries()) {
    const entry = parsedLine(written, `line ${index + 1} of ${present.file}`);
    if ("begin" in entry) {
      const act = actOf(entry, present);
      acts.set(keyOf(act.effect, act.container), act);
      continue;
    }
    const key = keyOf(entry.end, entry.container);
    const act = acts.get(key);
    const { status, detail, result } = entry;
    if (status === "undone") acts.delete(key);
    else if (act !== undefined) acts.set(key, { ...act, status, detail, result });
  }
  return [...acts.values()];
}

function parsedLine(written: string, place: string): z.infer<typeof line> {
  try {
    return line.parse(JSON.parse(written));
  } catch (error) {
    throw new ExecutorError("DW_EXECUTOR_STATE", `${place} is broken`, {
      cause: error,
      hint: "See that no container was left stopped, then move the file away.",
    });
  }
}

function actOf(entry: z.infer<typeof begun>, { now, boot }: Present): RecordedAct {
  const sameBoot = boot !== undefined && entry.boot === boot;
  const age = Math.max(0, now.wallMs - entry.wall_ms);
  const stamped = { monotonicNs: BigInt(entry.monotonic_ns), wallMs: entry.wall_ms };
  return {
    effect: entry.begin,
    container: entry.container,
    name: entry.name,
    startedAt: entry.started_at,
    graceSeconds: entry.grace_seconds,
    at: sameBoot ? stamped : laterBy(now, -age),
    status: "open",
    detail: "",
  };
}

export function linesOfAct(act: RecordedAct, boot: string | undefined): readonly string[] {
  const { effect, container, status, detail, result } = act;
  const end = status === "open" ? [] : [endLine({ effect, container, status, detail, result })];
  return [beginLine(act, boot), ...end];
}

export function beginLine(act: RecordedAct, boot: string | undefined): string {
  const { effect, container, name, startedAt, graceSeconds, at } = act;
  const entry: z.infer<typeof begun> = {
    begin: effect,
    container,
    name,
    started_at: startedAt,
    grace_seconds: graceSeconds,
    boot,
    monotonic_ns: String(at.monotonicNs),
    wall_ms: at.wallMs,
  };
  return `${JSON.stringify(entry)}\n`;
}

interface End extends Pick<RecordedAct, "effect" | "container" | "detail" | "result"> {
  readonly status: z.infer<typeof ended>["status"];
}

export function endLine({ effect, container, status, detail, result }: End): string {
  const entry: z.infer<typeof ended> = { end: effect, container, status, detail, result };
  return `${JSON.stringify(entry)}\n`;
}
