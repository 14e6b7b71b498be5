/**
 * A file of the acts of this executor: one line before each act, and one line once its end is known.
 *
 *     begin ──► act ──► end("done" | "failed" | "unknown")    counts against the limits, and answers the same effect
 *       │
 *       └──► end("undone")                                    certainly nothing happened: forgotten
 *
 * The first line is on the disk before the engine is asked. An executor that was killed reads the file at its next
 * start. It finds there which acts may be half-done, and how often it acted.
 *
 * # Clocks
 *
 * The age of an act is measured on the monotonic clock, which nobody can set. That clock stops while the machine is
 * suspended, so an act may count for longer than its window. After a boot the age is measured on the wall clock. An act
 * with a future time then has the age zero.
 */
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { type ClockReading, laterBy, readClocks } from "../permit.ts";
import { ExecutorError } from "./errors.ts";

export type ActStatus = "open" | "done" | "failed" | "unknown";

export interface RecordedAct {
  readonly effect: string;
  /** Id of the container. */
  readonly container: string;
  readonly name: string;
  /** When the container had started before the act, as the engine writes it. */
  readonly startedAt: string;
  readonly graceSeconds: number;
  /** When the act began, by the clocks of this boot. */
  readonly at: ClockReading;
  readonly status: ActStatus;
  /** How the act ended, one sentence. */
  readonly detail: string;
}

export interface ActLogOptions {
  readonly folder: string;
  /** Older acts are forgotten when the log is opened. */
  readonly keepMs: number;
  readonly clocks?: (() => ClockReading) | undefined;
  /** Id of this boot of the machine; undefined where it is not known. */
  readonly boot: string | undefined;
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
});
const line = z.union([begun, ended]);

type Begun = Pick<RecordedAct, "effect" | "container" | "name" | "startedAt" | "graceSeconds">;

const keyOf = (effect: string, container: string): string => `${container} ${effect}`;

export class ActLog {
  readonly #acts = new Map<string, RecordedAct>();
  readonly #options: ActLogOptions;
  readonly #clocks: () => ClockReading;
  readonly #file: FileHandle;
  #writing: Promise<void> = Promise.resolve();
  /** After a failed write the end of the file is not known, so nothing may follow. */
  #broken: Error | undefined;

  private constructor(options: ActLogOptions, file: FileHandle, acts: readonly RecordedAct[]) {
    this.#options = options;
    this.#clocks = options.clocks ?? readClocks;
    this.#file = file;
    for (const act of acts) this.#acts.set(keyOf(act.effect, act.container), act);
  }

  /** Reads the file, and rewrites it without the old acts. @throws ExecutorError DW_EXECUTOR_STATE */
  static async open(options: ActLogOptions): Promise<ActLog> {
    const { folder, clocks = readClocks } = options;
    const path = join(folder, "acts.jsonl");
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const now = clocks();
      const acts = readActs(await contents(path), { now, boot: options.boot }).filter(
        ({ at, status }) => status === "open" || ageOf(at, now) <= options.keepMs,
      );
      const text = acts.flatMap((act) => linesOfAct(act, options.boot)).join("");
      const next = await open(`${path}.new`, "w", 0o600);
      await next.writeFile(text);
      await next.sync();
      await next.close();
      await rename(`${path}.new`, path);
      await syncFolder(folder);
      return new ActLog(options, await open(path, "a", 0o600), acts);
    } catch (error) {
      if (error instanceof ExecutorError) throw error;
      const message = `opening ${path}: ${messageOf(error)}`;
      throw new ExecutorError("DW_EXECUTOR_STATE", message, error);
    }
  }

  find(effect: string, container: string): RecordedAct | undefined {
    return this.#acts.get(keyOf(effect, container));
  }

  /** Every act that may have happened, with its age in ms. */
  aged(): readonly (RecordedAct & { readonly ageMs: number })[] {
    const now = this.#clocks();
    return [...this.#acts.values()].map((act) => ({ ...act, ageMs: ageOf(act.at, now) }));
  }

  /**
   * The act counts from this turn of the event loop on, before it is on the disk.
   *
   * @throws the disk's error; then nothing may be done
   */
  async begin(act: Begun): Promise<void> {
    const recorded: RecordedAct = { ...act, at: this.#clocks(), status: "open", detail: "" };
    const key = keyOf(act.effect, act.container);
    this.#acts.set(key, recorded);
    try {
      await this.#append(beginLine(recorded, this.#options.boot));
    } catch (error) {
      this.#acts.delete(key);
      throw error;
    }
  }

  /** @throws the disk's error; the act then stays open in the file, and the next start checks it again */
  async end(
    { effect, container }: Pick<RecordedAct, "effect" | "container">,
    status: Exclude<ActStatus, "open"> | "undone",
    detail: string,
  ): Promise<void> {
    const key = keyOf(effect, container);
    const act = this.#acts.get(key);
    if (act === undefined) return;
    await this.#append(endLine({ effect, container, status, detail }));
    if (status === "undone") this.#acts.delete(key);
    else this.#acts.set(key, { ...act, status, detail });
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.close();
  }

  #append(text: string): Promise<void> {
    const written = this.#writing.catch(() => undefined).then(() => this.#write(text));
    this.#writing = written;
    return written;
  }

  async #write(text: string): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(messageOf(error));
      throw error;
    }
  }
}

function ageOf(at: ClockReading, now: ClockReading): number {
  return Number(now.monotonicNs - at.monotonicNs) / 1e6;
}

async function contents(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}

/** Makes a rename survive a power cut: the folder must be written to the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync();
  await handle.close();
}

interface Present {
  readonly now: ClockReading;
  readonly boot: string | undefined;
}

/** Skips a last line without a line end: a crash cut it off. No act begins before its line is whole. */
function readActs(text: string, present: Present): readonly RecordedAct[] {
  const acts = new Map<string, RecordedAct>();
  for (const [index, written] of text.split("\n").slice(0, -1).entries()) {
    const entry = parsedLine(written, index + 1);
    if ("begin" in entry) {
      const act = actOf(entry, present);
      acts.set(keyOf(act.effect, act.container), act);
      continue;
    }
    const key = keyOf(entry.end, entry.container);
    const act = acts.get(key);
    const { status, detail } = entry;
    if (status === "undone") acts.delete(key);
    else if (act !== undefined) acts.set(key, { ...act, status, detail });
  }
  return [...acts.values()];
}

function parsedLine(written: string, number: number): z.infer<typeof line> {
  try {
    return line.parse(JSON.parse(written));
  } catch (error) {
    throw new ExecutorError("DW_EXECUTOR_STATE", `line ${number} of acts.jsonl is broken`, error);
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

function linesOfAct(act: RecordedAct, boot: string | undefined): readonly string[] {
  const { effect, container, status, detail } = act;
  const end = status === "open" ? [] : [endLine({ effect, container, status, detail })];
  return [beginLine(act, boot), ...end];
}

function beginLine(act: RecordedAct, boot: string | undefined): string {
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

interface End extends Pick<RecordedAct, "effect" | "container" | "detail"> {
  readonly status: z.infer<typeof ended>["status"];
}

function endLine({ effect, container, status, detail }: End): string {
  const entry: z.infer<typeof ended> = { end: effect, container, status, detail };
  return `${JSON.stringify(entry)}\n`;
}
