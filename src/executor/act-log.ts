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
 * Acts that did not happen leave lines in the file, and no limit counts them. So the file is rewritten when most of its
 * lines are of no use.
 *
 * # Clocks
 *
 * The age of an act is measured on the monotonic clock, which nobody can set. That clock stops while the machine is
 * suspended, so an act may count for longer than its window. After a boot the age is measured on the wall clock. An act
 * with a future time then has the age zero.
 */
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { type ClockReading, readClocks } from "../permit.ts";
import {
  type ActStatus,
  beginLine,
  endLine,
  keyOf,
  linesOfAct,
  type RecordedAct,
  readActs,
} from "./act-lines.ts";
import { ExecutorError } from "./errors.ts";

export interface ActLogOptions {
  /** Is there, and belongs to this executor alone: state-folder.ts. */
  readonly folder: string;
  /** Name of the file. Default `acts.jsonl`, which holds the restarts. */
  readonly file?: string;
  /** Older acts are forgotten when the file is rewritten. */
  readonly keepMs: number;
  readonly clocks?: (() => ClockReading) | undefined;
  /** Id of this boot of the machine; undefined where it is not known. */
  readonly boot: string | undefined;
}

type Begun = Pick<RecordedAct, "effect" | "container" | "name" | "startedAt" | "graceSeconds">;

/** So many lines may be of no use before the file is rewritten: about 300 kB. */
const spareLines = 1024;

export class ActLog {
  readonly #acts = new Map<string, RecordedAct>();
  readonly #options: ActLogOptions;
  readonly #clocks: () => ClockReading;
  readonly #path: string;
  #file: FileHandle | undefined;
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();
  /** After a failed write the end of the file is not known, so nothing may follow. */
  #broken: Error | undefined;

  private constructor(options: ActLogOptions, path: string, acts: readonly RecordedAct[]) {
    this.#options = options;
    this.#clocks = options.clocks ?? readClocks;
    this.#path = path;
    for (const act of acts) this.#acts.set(keyOf(act.effect, act.container), act);
  }

  /** Reads the file, and rewrites it without the old acts. @throws ExecutorError DW_EXECUTOR_STATE */
  static async open(options: ActLogOptions): Promise<ActLog> {
    const { folder, file = "acts.jsonl", clocks = readClocks, boot } = options;
    const path = join(folder, file);
    try {
      const acts = readActs(await contents(path), { file, now: clocks(), boot });
      const log = new ActLog(options, path, acts);
      await log.#rewrite();
      return log;
    } catch (error) {
      if (error instanceof ExecutorError) throw error;
      const message = `opening ${path}: ${messageOf(error)}`;
      throw new ExecutorError("DW_EXECUTOR_STATE", message, { cause: error });
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
    { effect, container, result }: Pick<RecordedAct, "effect" | "container" | "result">,
    status: Exclude<ActStatus, "open"> | "undone",
    detail: string,
  ): Promise<void> {
    const key = keyOf(effect, container);
    const act = this.#acts.get(key);
    if (act === undefined) return;
    // The act changes in the turn in which its line is written, so that a rewrite never writes it as it was before.
    await this.#append(endLine({ effect, container, status, detail, result }), () => {
      if (status === "undone") this.#acts.delete(key);
      else this.#acts.set(key, { ...act, status, detail, result });
    });
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file?.close();
  }

  #append(text: string, written: () => void = () => undefined): Promise<void> {
    const writing = this.#writing
      .catch(() => undefined)
      .then(() => this.#write(text))
      .then(written);
    this.#writing = writing;
    return writing;
  }

  async #write(text: string): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      if (this.#lines > 2 * this.#acts.size + spareLines) await this.#rewrite();
      await this.#file?.appendFile(text);
      await this.#file?.datasync();
      this.#lines += 1;
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(messageOf(error));
      throw error;
    }
  }

  /** Writes the acts that still matter into a new file, which takes the place of the old one. */
  async #rewrite(): Promise<void> {
    const { boot, folder, keepMs } = this.#options;
    const now = this.#clocks();
    for (const [key, { at, status }] of this.#acts)
      if (status !== "open" && ageOf(at, now) > keepMs) this.#acts.delete(key);
    const lines = [...this.#acts.values()].flatMap((act) => linesOfAct(act, boot));
    const next = await open(`${this.#path}.new`, "w", 0o600);
    await next.writeFile(lines.join(""));
    await next.sync();
    await next.close();
    await rename(`${this.#path}.new`, this.#path);
    await syncFolder(folder);
    await this.#file?.close();
    this.#file = await open(this.#path, "a", 0o600);
    this.#lines = lines.length;
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
