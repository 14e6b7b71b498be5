/**
 * A whole conversation in simulated time: comments with many commands, and acts in Jira itself. Commands are carried out
 * by their handlers in memory, and answers are written by the adapter, with the retries of the outbox.
 */
import { pino } from "pino";
import { Registry } from "prom-client";
import type { CommandContext, CommandOutcome } from "../../src/commands/command.ts";
import { askedIn } from "../../src/commands/grammar.ts";
import { takenFromTracker } from "../../src/commands/in-tracker.ts";
import { commandList } from "../../src/commands/index.ts";
import { KnownPeople } from "../../src/commands/people.ts";
import { refusalText, say } from "../../src/commands/says.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { line, type MessageSection } from "../../src/messages/message.ts";
import type { JiraFault } from "../../src/sandbox/jira/fault.ts";
import type { SeenAct } from "../../src/tickets/acts.ts";
import type { AnswerEffect } from "../../src/tickets/answer.ts";
import { answerExecutor } from "../../src/tickets/answering.ts";
import type { HeardComment } from "../../src/tickets/door-store.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { contextOf } from "../commands/asking.ts";
import { openIncident } from "../fakes/episodes.ts";
import { goodPermit } from "../fakes/permit.ts";
import { proposalOf, waitingRun } from "../fakes/proposals.ts";
import { accountOf, type DoorPlace, doorPlace } from "./door-place.ts";
import { openExample } from "./jira/open-example.ts";

/** In the words of one comment. */
export const manyWords = [
  "approve",
  "deny KRTV the exporter is being repaired",
  "restart feature-store",
  "freeze 2h the exporter is being repaired",
  "unfreeze",
  "metrics",
  "assign ml",
  "wrong-team ml",
  "impact checkout refuses one customer in ten",
  "workaround use v6",
  "started 01:40",
  "cause exporter: yesterday's file",
  "fixed the exporter was started again",
  "yes",
].map((words) => `dw ${words}`);

/** What came of it. */
export interface Outcome {
  /** Each line that was carried out, with its door, sorted: separate acts may come in another order. */
  readonly done: readonly string[];
  /** The comments of Driftwarden, as they are at the end. */
  readonly answers: readonly string[];
  /** Requests that Driftwarden sent. */
  readonly requests: number;
}

/** People write `/issue/IR-1`, and Driftwarden the number of the issue. */
const ours = /^(?!.*IR-1)/;

export async function conversation(fault?: Omit<JiraFault, "path">): Promise<Outcome> {
  await using place = await doorPlace();
  const talk = new Talk(place);
  const before = place.sandbox.ledger.length;
  if (fault !== undefined) place.sandbox.fault({ ...fault, path: ours });
  await place.say("sarah", manyWords.join("\n"));
  await place.say("tom", "dw status\ndw note x");
  await talk.goOn(2);
  await place.act("sarah", { assign: "tom" });
  await place.act("sarah", { priority: "High" });
  await place.act("sarah", { move: "31" });
  await talk.goOn(4);
  await place.act("tom", { move: "41" });
  await talk.goOn(4);
  const comments = place.sandbox.issues()[0]?.comments ?? [];
  return {
    done: talk.done.toSorted(),
    answers: comments.filter(({ author }) => author === "bot").map(({ body }) => body),
    requests: place.sandbox.ledger.slice(before).filter(({ user }) => user === "bot").length,
  };
}

class Talk {
  readonly done: string[] = [];
  readonly #place: DoorPlace;
  readonly #carried = new Set<string>();
  readonly #handle: (effect: AnswerEffect, unknown: boolean) => Promise<unknown>;
  readonly #says: MessageSection[] = [];
  #sinceActMs: number | undefined;
  /** A first ticket that was closed by hand is told so once. */
  #isClosed = false;

  constructor(place: DoorPlace) {
    this.#place = place;
    const { sandbox, clock } = place;
    const tracker = openExample(sandbox.url);
    const ticketing = createTicketing({
      tracker,
      talk: tracker.talk,
      clock,
      logger: pino({ level: "silent" }),
      metrics: ticketsMetrics(new Registry()),
      context: { priorities: { P0: undefined, P1: undefined, P2: undefined } },
    });
    const handler = answerExecutor(ticketing).handlers["ticket.answer"];
    const mayAct: typeof goodPermit = () => {
      this.#sinceActMs = clock.now();
      return goodPermit();
    };
    this.#handle = (effect, unknown) => {
      const at = this.#sinceActMs;
      const sinceActMs = at === undefined ? undefined : clock.now() - at;
      return handler(effect, this.#incident(), {
        id: "e",
        attempt: 1,
        unknown,
        sinceActMs,
        mayAct,
      });
    };
  }

  /** So many looks, 10 s apart, and what follows from each. */
  async goOn(looks: number): Promise<void> {
    for (let n = 0; n < looks; n += 1) {
      await this.#place.door.look().catch(thrown);
      const before = this.done.length;
      for (const command of this.#place.store.commands.values()) this.#carryOut(command);
      if (this.done.length > before) await this.#answer();
      await this.#place.clock.advance(10_000);
    }
  }

  /** Once for each id, as the store does. */
  #carryOut(command: HeardComment | SeenAct): void {
    const { door, message, account, said } = command;
    const id = `${door}:${message}`;
    if (this.#carried.has(id)) return;
    this.#carried.add(id);
    for (const asked of askedIn(said, commandList)) {
      this.done.push(
        `${door} ${asked.command === undefined ? asked.word : asked.command.words[0]}`,
      );
      const context = contextFor(door, account, this.#incident());
      const outcome = outcomeOf(asked, { context, door });
      if (asked.command?.words[0] === "close") this.#isClosed = true;
      if (asked.command?.words[0] === "reopen") this.#isClosed = false;
      const says = saysOf(outcome, context.actor.name);
      if (says.length > 0) this.#says.push(says);
    }
  }

  /** The outbox tries it again, and knows whether an attempt may have acted. */
  async #answer(): Promise<void> {
    if (this.#says.length === 0) return;
    const effect = {
      kind: "ticket.answer",
      place: "10001",
      first: "c1",
      says: [...this.#says],
    } as const;
    let unknown = false;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const error: TrackerError | undefined = await this.#handle(effect, unknown).then(
        () => undefined,
        thrown,
      );
      if (error === undefined) return;
      unknown ||= error.maybeApplied;
      await this.#place.clock.advance(Math.max(error.retryAfterMs ?? 0, 5000));
    }
    throw new Error("the answer was never written");
  }

  #incident(): Incident {
    return openIncident({
      ticket: { id: "10001", key: "IR-1", url: "http://jira/browse/IR-1" },
      runs: [waitingRun("KRTV")],
      ...(this.#isClosed && { closedByHand: { atMs: 0, untilMs: 1 } }),
    });
  }
}

function thrown(error: unknown): TrackerError {
  if (error instanceof TrackerError) return error;
  throw error;
}

const scopes = ["read", "propose", "act"] as const;
const person = (name: string) => ({
  name,
  account: accountOf(name).key,
  roles: undefined,
  timeZone: "UTC",
  scopes,
  machine: false,
});
const people = new KnownPeople(
  [person("sarah"), person("tom")],
  [{ name: "ml", members: ["tom"] }],
);

function contextFor(door: "ticket" | "tracker", account: string, incident: Incident) {
  const waiting = {
    run: "run-KRTV",
    fix: "restart-svc",
    incident: incident.id,
    incidentNumber: incident.number,
    target: null,
    proposal: proposalOf("KRTV"),
  };
  const actor = people.actor(door, account);
  return { ...contextOf({ incident, people, actor, waiting: [waiting] }), incident };
}

interface Carrying {
  readonly context: CommandContext & { readonly incident: Incident };
  readonly door: "ticket" | "tracker";
}

function outcomeOf(
  asked: ReturnType<typeof askedIn>[number],
  { context, door }: Carrying,
): CommandOutcome {
  const { command } = asked;
  if (command === undefined)
    return { status: "done", says: say(line`${asked.word} is no command.`) };
  return door === "tracker"
    ? takenFromTracker(command, asked.text, { context, ticket: "10001", refusal: undefined })
    : command.carryOut(asked.text, context);
}

function saysOf(outcome: CommandOutcome, name: string): MessageSection {
  if (outcome.status === "done") return outcome.says;
  if (outcome.status === "refused") return refusalText(outcome, name);
  return outcome.status === "asks" ? [outcome.question] : say(line`This is ${outcome.status}.`);
}
