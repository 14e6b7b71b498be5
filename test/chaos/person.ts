/** A person in Jira, with a memory of what is no longer there because of them. */
import { setTimeout as pause } from "node:timers/promises";
import type { SandboxComment, SandboxIssue } from "../../src/sandbox/jira/issue.ts";
import type { JiraSandbox } from "../../src/sandbox/jira/server.ts";
import { speakers } from "./conversation.ts";
import { seeded } from "./random.ts";

export const personName = "ann";

const deadlineMs = 300_000;

interface Found<Thing> {
  readonly issue: SandboxIssue;
  readonly thing: Thing;
}

export class Person {
  /** Keys of tickets. */
  readonly deleted = new Set<string>();
  /** What stood on tickets and in comments before. */
  readonly removed: string[] = [];
  readonly #jira: JiraSandbox;

  constructor(jira: JiraSandbox) {
    this.#jira = jira;
  }

  /** One that is open. */
  async closes(seed: number): Promise<void> {
    const { issue } = await this.#some(seed, () => this.#open());
    await this.#close(issue);
  }

  async closesAll(): Promise<void> {
    for (const { issue } of this.#open()) await this.#close(issue);
  }

  async edits(seed: number): Promise<void> {
    const { issue } = await this.#some(seed, () => this.#all());
    const summary = `${personName}: ${issue.summary}`.slice(0, 250);
    const description = `${issue.description}\n${personName} was here`;
    await this.#ask("PUT", `/issue/${issue.key}`, { fields: { summary, description } });
  }

  async deletes(seed: number): Promise<void> {
    const { issue } = await this.#some(seed, () => this.#all());
    this.deleted.add(issue.key);
    await this.#ask("DELETE", `/issue/${issue.key}`);
    const texts = issue.comments.map(({ body }) => body);
    this.removed.push(issue.summary, issue.description, ...texts);
  }

  /** The mark at its end stays: people write above it. */
  async editsComment(seed: number): Promise<void> {
    const { issue, thing } = await this.#some(seed, () => this.#comments());
    const body = `${personName}: ${thing.body}`;
    await this.#ask("PUT", `/issue/${issue.key}/comment/${thing.id}`, { body });
  }

  async deletesComment(seed: number): Promise<void> {
    const { issue, thing } = await this.#some(seed, () => this.#comments());
    this.removed.push(thing.body);
    issue.comments.splice(issue.comments.indexOf(thing), 1);
  }

  #all(): readonly Found<undefined>[] {
    return this.#jira.issues().map((issue) => ({ issue, thing: undefined }));
  }

  #open(): readonly Found<undefined>[] {
    return this.#all().filter(({ issue }) => issue.status.category !== "done");
  }

  #comments(): readonly Found<SandboxComment>[] {
    return (
      this.#jira
        .issues()
        .flatMap((issue) => issue.comments.map((thing) => ({ issue, thing })))
        // What is said to Driftwarden stands: a comment that was changed is refused as a command.
        .filter(({ thing }) => !speakers.includes(thing.author))
    );
  }

  async #close({ key }: SandboxIssue): Promise<void> {
    await this.#ask("POST", `/issue/${key}/transitions`, { transition: { id: "31" } });
  }

  /** Waits until there is one. */
  async #some<Thing>(seed: number, find: () => readonly Found<Thing>[]): Promise<Found<Thing>> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const found = find();
      if (found.length > 0) return seeded(seed).pick(found);
      if (Date.now() > deadline) throw new Error("a person found nothing in Jira");
      await pause(100);
    }
  }

  /** What came too late, because Driftwarden had moved or closed the ticket, is left. */
  async #ask(method: string, path: string, body?: unknown): Promise<void> {
    await fetch(`${this.#jira.url}/rest/api/2${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`${personName}:token`)}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}
