/**
 * A busy minute in simulated time: a Jira with its documented limits, 1,000 open incidents, the door as the daemon runs
 * it, and eight effects at a time. Each request takes 150 ms. What carries commands out takes 100 ms.
 */
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Deployment } from "../../src/sandbox/jira/accounts.ts";
import { answerExecutor } from "../../src/tickets/answering.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import { type Jira, openJira } from "../../src/tickets/jira/jira.ts";
import { JiraPace } from "../../src/tickets/jira/pace.ts";
import { listenToTickets } from "../../src/tickets/listening.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { textHash } from "../../src/tickets/written-text.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { goodPermit } from "../fakes/permit.ts";
import { doorPlace } from "./door-place.ts";
import { exampleIncident } from "./example-incident.ts";
import { exampleOptions } from "./jira/open-example.ts";

const requestMs = 150;
const carryMs = 100;
const stepMs = 50;
export const indexLagMs = 5000;

/** Requests of the adapter take time of the clock. */
class SlowPace extends JiraPace {
  readonly #time: FakeClock;
  underway = 0;

  constructor(clock: FakeClock) {
    super(clock);
    this.#time = clock;
  }

  override async turn(): Promise<Awaited<ReturnType<JiraPace["turn"]>>> {
    const over = await super.turn();
    await this.#time.sleep(requestMs);
    this.underway += 1;
    return (headers) => {
      this.underway -= 1;
      over(headers);
    };
  }
}

/** Carries out at most eight effects at a time, in the order of their promises, as the outbox does. */
class Effects {
  readonly #waiting: { readonly run: () => Promise<number>; readonly dueMs: number }[] = [];
  readonly #clock: FakeClock;
  #inHand = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  promise(run: () => Promise<number>, dueMs: number): void {
    this.#waiting.push({ run, dueMs });
    this.begin();
  }

  begin(): void {
    while (this.#inHand < 8) {
      const next = this.#waiting.findIndex(({ dueMs }) => dueMs <= this.#clock.now());
      const [effect] = next < 0 ? [] : this.#waiting.splice(next, 1);
      if (effect === undefined) return;
      this.#inHand += 1;
      void this.#carryOut(effect.run);
    }
  }

  async #carryOut(run: () => Promise<number>): Promise<void> {
    const againMs = await run();
    this.#inHand -= 1;
    if (againMs > 0) this.promise(run, this.#clock.now() + againMs);
    else this.begin();
  }
}

export interface BusyPlace extends AsyncDisposable {
  /** @returns when it was written, ms since 1970 */
  readonly say: (as: string, ticket: number) => Promise<number>;
  /** When each ticket was first answered, ms since 1970. */
  readonly answeredAtMs: () => ReadonlyMap<number, number>;
  readonly pass: (ms: number) => Promise<void>;
  /** Requests that the limits refused. */
  readonly refused: () => number;
  /** Texts of tickets that were brought up to date. */
  readonly updated: () => number;
}

export async function busyPlace(deployment: Deployment): Promise<BusyPlace> {
  const clock = fakeClock();
  const pace = new SlowPace(clock);
  const opened: Jira[] = [];
  const jira = (url: string): Jira => {
    const tracker = openJira({ ...exampleOptions(url), pace });
    opened.push(tracker);
    return tracker;
  };
  const place = await doorPlace({
    deployment,
    clock,
    jira,
    hasRoom: () => pace.hasRoom,
    tickets: 1000,
    limited: true,
    indexLagMs,
  });
  const { sandbox, store } = place;
  // The search no longer shows that the tickets were opened. One incident is new, so each look searches.
  await clock.advance(7_200_000);
  store.tickets = store.tickets.map((one) => ({ ...one, changedAtMs: clock.now() }));
  const door = place.another();
  const [tracker] = opened;
  if (tracker === undefined) throw new Error("the door opened no tracker");
  const effects = new Effects(clock);
  const { handlers } = handling(tracker, clock);
  const carryOut = (number: number): void => {
    const incident = incidentOf(number, sandbox.issues()[number - 1]);
    const first = `ticket:${number}`;
    const says = [[{ kind: "paragraph", line: [{ kind: "words", text: "Noted." }] }]] as const;
    const answer = {
      kind: "ticket.answer",
      place: incident.ticket?.id ?? "",
      first,
      says,
    } as const;
    for (const effect of [{ kind: "ticket.update" } as const, answer])
      effects.promise(() => handlers(effect, incident), clock.now() + carryMs);
  };
  const handIn = store.handIn.bind(store);
  store.handIn = async (command) => {
    await handIn(command);
    carryOut(command.incident);
  };
  const stopping = new AbortController();
  const listening = listenToTickets(
    {
      door,
      mayLook: async () => true,
      answer: async () => undefined,
      onAnswers: () => () => undefined,
      clock,
      logger: pino({ level: "silent" }),
    },
    stopping.signal,
  );
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4; quiet += 1) {
      await new Promise(setImmediate);
      if (pace.underway > 0) quiet = -1;
    }
  };
  const pass = async (ms: number): Promise<void> => {
    const untilMs = clock.now() + ms;
    while (clock.now() < untilMs) {
      await settle();
      await clock.advance(Math.min(stepMs, untilMs - clock.now()));
      effects.begin();
    }
    await settle();
  };
  const since = sandbox.ledger.length;
  const ours = () => sandbox.ledger.slice(since).filter(({ user }) => user === "bot");
  return {
    say: async (as, ticket) => {
      await place.say(as, `dw note ${ticket}`, ticket);
      return clock.now();
    },
    answeredAtMs: () => {
      const answers = sandbox
        .issues()
        .map(({ comments }) => comments.find(({ author }) => author === "bot")?.createdAtMs);
      return new Map(answers.flatMap((atMs, n) => (atMs === undefined ? [] : [[n + 1, atMs]])));
    },
    pass,
    refused: () => sandbox.ledger.filter(({ what }) => what === "rate_limited").length,
    updated: () => ours().filter(({ what }) => what === "issue_edited").length,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await pass(20_000);
      await listening;
      await sandbox.stop();
    },
  };
}

function handling(tracker: Jira, clock: FakeClock) {
  const ticketing = createTicketing({
    tracker,
    talk: tracker.talk,
    clock,
    logger: pino({ level: "silent" }),
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: undefined, P1: undefined, P2: undefined } },
  });
  const all = {
    ...ticketExecutor({ ticketing, restoredAtMs: () => undefined }).handlers,
    ...answerExecutor(ticketing).handlers,
  };
  return {
    /** @returns when to ask again, ms; 0 when it is done */
    handlers: async (
      effect:
        | Parameters<(typeof all)["ticket.update"]>[0]
        | Parameters<(typeof all)["ticket.answer"]>[0],
      incident: Incident,
    ): Promise<number> => {
      const attempt = { id: "e", attempt: 1, unknown: false, mayAct: goodPermit };
      const result =
        effect.kind === "ticket.update"
          ? await all["ticket.update"](effect, incident, attempt)
          : await all["ticket.answer"](effect, incident, attempt);
      return "notYet" in result ? result.askAgainInMs : 0;
    },
  };
}

function incidentOf(
  number: number,
  issue: { readonly id: string; readonly key: string } | undefined,
) {
  const { id = "", key = "" } = issue ?? {};
  return exampleIncident(
    {},
    {
      id: `incident-${number}`,
      number,
      ticket: { id, key, url: `http://jira/browse/${key}` },
      written: { summary: textHash("Something"), description: textHash("") },
    },
  );
}
