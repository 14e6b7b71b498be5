/**
 * People who answer what Driftwarden proposes, as they read it on tickets: in time or late, once or twice, yes or no,
 * by letters that nobody has, or while a freeze holds. They also ask for runs themselves.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import type { JiraSandbox } from "../../src/sandbox/jira/server.ts";
import { type Conversation, outsiderName, speakers } from "./conversation.ts";
import { isOpen } from "./open-tickets-oracle.ts";
import type { Random } from "./random.ts";

/** How long a proposal can be answered. */
export const approveWithinMs = 60_000;
/** A freeze ends by itself after this, if nobody ends it. */
export const freezeMs = 60_000;

/** A command, or an event to wait for. `ID`: the letters of the proposal. `NAME`: the name of a freeze. */
type Step = string | { readonly until: "late" | "heard" } | { readonly outsider: string };

/** Each habit comes once, in random order, before any comes twice. */
const habits: readonly (readonly Step[])[] = [
  ["approve ID"],
  ["approve ID"],
  ["approve"],
  ["approve ID", "approve ID"],
  ["approve ID", "deny ID"],
  ["approve OTHER", "approve ID"],
  ["deny"],
  ["deny ID not before tonight"],
  [{ outsider: "approve ID" }],
  [{ until: "late" }, "approve ID", "approve"],
  ['freeze "NAME" 1m deploy', { until: "heard" }, "approve ID", "unfreeze NAME"],
];
const betweenMs = [100, 1500] as const;
const betweenWishesMs = [5000, 15_000] as const;
const lookMs = 500;
const heardWithinMs = 10_000;
const asking = /\bdw approve ([BCDFGHJKMNPRSTVWXZ]{4})\b/g;

export interface ApproverOptions {
  readonly jira: JiraSandbox;
  readonly conversation: Conversation;
  readonly random: Random;
  readonly models: readonly string[];
}

export class Approver {
  readonly #options: ApproverOptions;
  readonly #stopping = new AbortController();
  readonly #seen = new Set<string>();
  readonly #going = new Set<Promise<void>>();
  #habits: (readonly Step[])[] = [];
  #isFrozen = false;

  constructor(options: ApproverOptions) {
    this.#options = options;
  }

  start(): void {
    this.#go(this.#watch());
    this.#go(this.#wish());
  }

  /** Writes no more commands, whatever is still open. */
  hush(): void {
    this.#stopping.abort();
  }

  /** Stops, and ends every freeze. */
  async stop(): Promise<void> {
    this.hush();
    while (this.#going.size > 0) await Promise.all(this.#going);
  }

  #go(talk: Promise<void>): void {
    this.#going.add(talk);
    // Whoever stops it gets the error.
    talk.then(() => this.#going.delete(talk)).catch(() => undefined);
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const { key, id } of this.#asked()) {
        if (this.#seen.has(id)) continue;
        this.#seen.add(id);
        this.#go(this.#answer(key, id));
      }
      await this.#pause(lookMs);
    }
  }

  async #wish(): Promise<void> {
    const { random, conversation, models } = this.#options;
    for (;;) {
      await this.#pause(random.between(...betweenWishesMs));
      if (this.#stopping.signal.aborted) return;
      const open = this.#open();
      if (open.length === 0) continue;
      await conversation.say(random.pick(open).key, `restart restart-${random.pick(models)}`);
    }
  }

  /** The open questions of tickets, in their texts or comments. */
  #asked(): readonly { readonly key: string; readonly id: string }[] {
    return this.#open().flatMap(({ key, description, comments }) =>
      [description, ...comments.map(({ body }) => body)]
        .flatMap((text) => [...text.matchAll(asking)])
        .map(([, id = ""]) => ({ key, id })),
    );
  }

  #open(): readonly SandboxIssue[] {
    return this.#options.jira.issues().filter(isOpen);
  }

  async #answer(key: string, id: string): Promise<void> {
    const { random } = this.#options;
    const steps = this.#nextHabit();
    const freezes = steps.some(isFreeze);
    if (freezes) this.#isFrozen = true;
    const [NAME, OTHER] = [`calm-${id.toLowerCase()}`, random.pick(["ZZZZ", ...this.#seen])];
    for (const step of steps) {
      await this.#pause(random.between(...betweenMs));
      // A freeze is ended even after the stop.
      if (this.#stopping.signal.aborted && step !== "unfreeze NAME") continue;
      await this.#take(key, step, { ID: id, NAME, OTHER });
    }
    if (freezes) this.#isFrozen = false;
  }

  /** Two freezes at once would make it hard to say since when everything was frozen. */
  #nextHabit(): readonly Step[] {
    if (this.#habits.length === 0) this.#habits = this.#options.random.shuffled(habits);
    const habit = this.#habits.pop() ?? [];
    return this.#isFrozen && habit.some(isFreeze) ? ["approve ID"] : habit;
  }

  async #take(key: string, step: Step, words: Readonly<Record<string, string>>): Promise<void> {
    const { conversation } = this.#options;
    const filled = (text: string): string =>
      text.replaceAll(/\b[A-Z]{2,}\b/g, (word) => words[word] ?? word);
    if (typeof step === "string") await conversation.say(key, filled(step));
    else if ("outsider" in step) await conversation.say(key, filled(step.outsider), outsiderName);
    else if (step.until === "late") await this.#pause(approveWithinMs + 1000);
    else await this.#heard();
  }

  /** Waits until the freeze is answered, or at most `heardWithinMs`. */
  async #heard(): Promise<void> {
    const { conversation, jira } = this.#options;
    const { word = "" } = conversation.said.findLast(({ words }) => isFreeze(words)) ?? {};
    const isAnswered = (): boolean =>
      jira
        .issues()
        .flatMap(({ comments }) => comments)
        .some(({ author, body }) => !speakers.includes(author) && body.includes(word));
    const deadline = Date.now() + heardWithinMs;
    while (!isAnswered() && Date.now() < deadline && !this.#stopping.signal.aborted)
      await this.#pause(lookMs);
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
}

const isFreeze = (step: Step): boolean => typeof step === "string" && step.startsWith("freeze");
