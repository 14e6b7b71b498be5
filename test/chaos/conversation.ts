/**
 * A person who writes commands on tickets all the time, during all faults. Each comment ends with a word that is no
 * command and that no other comment has: Driftwarden's answer quotes it, so answers can be counted.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { JiraSandbox } from "../../src/sandbox/jira/server.ts";
import { waitUntil } from "../programs/wait-until.ts";
import type { Random } from "./random.ts";

export const speakerName = "ben";
/** Name of a person who may write commands, but may approve nothing. */
export const outsiderName = "cas";
export const speakers: readonly string[] = [speakerName, outsiderName];

/** A comment that stands, or stood, in the world. */
export interface Said {
  /** Of the comment. */
  readonly id: string;
  /** Of its ticket. */
  readonly key: string;
  readonly by: string;
  /** Behind `dw`. */
  readonly words: string;
  /** At its end: the answer quotes it. */
  readonly word: string;
  readonly atMs: number;
}

/** For the first ticket. */
const deadlineMs = 300_000;
const heard = { what: "something said on a ticket", withinMs: deadlineMs };
const betweenMs = [1000, 4000] as const;

/** In turn, after each shuffle of the groups; what belongs together stands in one group. */
const groups: readonly (readonly string[])[] = [
  ["ack", "unack"],
  ["note"],
  ["note"],
  ["severity P0"],
  ["severity P1"],
  ["severity P2"],
  ["silence 1m", "unsilence"],
  ["close", "yes"],
];

/** What a command says behind its word; of a note it is all that stands in the ticket. */
const takesText = /^(?:note|severity|silence)/;

export const quotedWord = (nth: number): string => `zq${nth}x`;
export const noteText = (nth: number): string => `heard${nth}once`;

export class Conversation {
  readonly #jira: JiraSandbox;
  readonly #random: Random;
  readonly #stopping = new AbortController();
  /** Keys of tickets on which something may still be silent. */
  readonly #silenced = new Set<string>();
  /** Oldest first; grows. */
  readonly said: Said[] = [];
  #said = 0;
  #going: Promise<void> = Promise.resolve();

  constructor(jira: JiraSandbox, random: Random) {
    this.#jira = jira;
    this.#random = random;
  }

  start(): void {
    this.#going = this.#talk();
    // Whoever stops it gets the error.
    this.#going.catch(() => undefined);
  }

  /** Writes no more commands, whatever is still open. */
  hush(): void {
    this.#stopping.abort();
  }

  /** Ends what is still silent: it is to be told what stays broken. */
  async stop(): Promise<void> {
    if (this.#said === 0) await waitUntil(() => this.#said > 0, heard);
    this.hush();
    await this.#going;
    for (const key of this.#silenced) await this.say(key, "unsilence");
  }

  /** @returns the id of the comment */
  async say(key: string, words: string, by = speakerName): Promise<string> {
    const nth = this.#said++;
    const text = takesText.test(words) ? ` ${noteText(nth)}` : "";
    const word = quotedWord(nth);
    const body = `dw ${words}${text}\ndw ${word}`;
    // The page of the ticket, which no fault of Jira's API meets.
    const form = new URLSearchParams({ as: by, do: "comment", body });
    await fetch(`${this.#jira.url}/browse/${key}`, {
      method: "POST",
      // The server may close a connection that waits just as it is used again.
      headers: { connection: "close" },
      body: form,
      redirect: "manual",
    });
    const issue = this.#jira.issues().find((one) => one.key === key);
    const comment = issue?.comments.find((one) => one.body === body);
    if (comment === undefined) return "";
    const { id, createdAtMs: atMs } = comment;
    this.said.push({ id, key, by, words, word, atMs });
    return id;
  }

  async #talk(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#said === 0 && !signal.aborted) await this.#sayAll(["note"]);
    while (!signal.aborted)
      for (const group of this.#random.shuffled(groups)) await this.#sayAll(group);
  }

  /** On one ticket, with what Driftwarden answers in between or not. */
  async #sayAll(group: readonly string[]): Promise<void> {
    const { signal } = this.#stopping;
    let key: string | undefined;
    for (const words of group) {
      await pause(this.#random.between(...betweenMs), undefined, { signal }).catch(() => undefined);
      key ??= this.#anyKey();
      if (signal.aborted || key === undefined) return;
      await this.say(key, words);
      if (words.startsWith("silence")) this.#silenced.add(key);
      if (words === "unsilence") this.#silenced.delete(key);
    }
  }

  #anyKey(): string | undefined {
    const issues = this.#jira.issues();
    return issues.length === 0 ? undefined : this.#random.pick(issues).key;
  }
}
