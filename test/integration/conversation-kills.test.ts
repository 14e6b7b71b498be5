/**
 * A process dies between any two steps of a command on a ticket: each request to Jira, each statement, each
 * transaction. The store is real. The next process goes on.
 */
import { describe, expect, it } from "vitest";
import { readJournal } from "../../src/store/journal/read.ts";
import type { Store } from "../../src/store/store.ts";
import type { TicketTalk } from "../../src/tickets/talk.ts";
import { withStore } from "../programs/store.ts";
import {
  type DaemonParts,
  type Talking,
  type TalkingDaemon,
  talking,
} from "../programs/talking.ts";
import { askAs } from "../sandbox/jira/ask.ts";

const stores = withStore();

/** What remains of a process: so many steps, and none after them. */
class Life {
  #steps: number;
  hasEnded = false;

  constructor(steps: number) {
    this.#steps = steps;
  }

  step(): void {
    this.#steps -= 1;
    if (this.#steps >= 0) return;
    this.hasEnded = true;
    throw new Error("the process is gone");
  }
}

function mortal({ store, talk }: DaemonParts, life: Life): DaemonParts {
  const query: Store["query"] = async (sql, values) => {
    life.step();
    return store.query(sql, values);
  };
  const transaction: Store["transaction"] = async (inIt, how) => {
    life.step();
    const result = await store.transaction(inIt, how);
    life.step();
    return result;
  };
  const stepping =
    <Given extends readonly unknown[], Result>(ask: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      life.step();
      return ask(...given);
    };
  const dying: TicketTalk = {
    ...talk,
    changedWithin: stepping((label: string, minutes: number) => talk.changedWithin(label, minutes)),
    newestComments: stepping((id: string) => talk.newestComments(id)),
    comment: stepping((id: string, comment: string) => talk.comment(id, comment)),
    acts: stepping((id: string) => talk.acts(id)),
  };
  return { store: { ...store, query, transaction }, talk: dying };
}

/** All that a process does about what people said or did, and about the answer. */
async function work(here: Talking, daemon: TalkingDaemon, answerAtMs: number): Promise<void> {
  await daemon.look();
  here.wait();
  await daemon.look();
  await daemon.carryOut();
  await daemon.answer(answerAtMs);
}

const commanded = async (store: Store): Promise<number> => {
  const journal = await readJournal(store, 0, 10_000);
  return journal.filter(({ kind }) => kind === "commanded").length;
};

interface Doing {
  readonly name: string;
  /** What a person does; another thing each time. */
  readonly act: (here: Talking, nth: number) => Promise<unknown>;
  /** What its answer holds, and how many such answers there are after so many rounds. */
  readonly answer: readonly [text: string, count: (rounds: number) => number];
}

const ticket = "/issue/IR-1";
const does =
  (line: string, body: (nth: number) => unknown): Doing["act"] =>
  async ({ sandbox }, nth) =>
    askAs(sandbox, line, { as: "sarah", body: body(nth) });

const doings: readonly Doing[] = [
  {
    name: "a comment",
    act: (here, nth) => here.say("sarah", `dw note number ${nth}`),
    answer: ["Noted, sarah", (rounds) => rounds],
  },
  {
    name: "assigning",
    act: does(`PUT ${ticket}/assignee`, (nth) => ({ name: nth % 2 === 0 ? "sarah" : "tom" })),
    answer: ["", () => 0],
  },
  {
    name: "changing the priority",
    act: does(`PUT ${ticket}`, (nth) => ({
      fields: { priority: { name: nth % 2 === 0 ? "Low" : "High" } },
    })),
    answer: ["", () => 0],
  },
  {
    name: "closing, and reopening",
    act: does(`POST ${ticket}/transitions`, (nth) => ({
      transition: { id: nth % 2 === 0 ? "31" : "41" },
    })),
    answer: ["sarah closed IR-1 in the tracker", (rounds) => Math.ceil(rounds / 2)],
  },
];

describe("a process that dies at any step of what a person asked for", () => {
  it.each(doings)(
    "by $name leaves it to be done once and answered once",
    async ({ act, answer: [text, count] }) => {
      const here = await talking(await stores.open());
      let lived = false;
      for (let steps = 0; !lived; steps += 1) {
        const before = await commanded(here.store);
        // Each round has a comment of its own for its answer.
        const answerAtMs = Date.now() - 36_000_000 + steps * 120_000;
        await act(here, steps);
        const life = new Life(steps);
        const dying = here.daemon(mortal({ store: here.store, talk: here.talk }, life));
        await work(here, dying, answerAtMs).catch((error: unknown) => {
          if (!life.hasEnded) throw error;
        });
        lived = !life.hasEnded;
        await work(here, here.daemon(), answerAtMs);
        await here.settled();
        expect([steps, (await commanded(here.store)) - before]).toEqual([steps, 1]);
        const told = here.answers().filter(({ body }) => body.includes(text));
        expect([steps, told.length]).toEqual([steps, count(steps + 1)]);
        expect(steps).toBeLessThan(60);
        await here.forget();
      }
    },
  );
});
