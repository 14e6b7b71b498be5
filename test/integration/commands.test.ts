/** What people say, carried out on a real store: once, by who may, and in journal and outbox. */
import { describe, expect, it } from "vitest";
import { commandList } from "../../src/commands/index.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { isDigest } from "../../src/incidents/digest.ts";
import {
  type Happened,
  type RecordOptions,
  recordEvents,
} from "../../src/incidents/record-events.ts";
import type { CommandAnswer } from "../../src/messages/answer.ts";
import { answerOf, insertCommand, type NewCommand } from "../../src/store/commands/command.ts";
import { listIncidents } from "../../src/store/incidents/list.ts";
import { countVerdicts } from "../../src/store/incidents/verdicts.ts";
import { readJournal } from "../../src/store/journal/read.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { listEffects } from "../../src/store/outbox/inspect.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import {
  answered,
  comment,
  theIncident,
  withIncidentIn,
  worker,
} from "../programs/command-store.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const withIncident = async (): Promise<Store> => withIncidentIn(await stores.open());

const record = (store: Store, happened: Happened, options: RecordOptions): Promise<void> =>
  store.transaction((tx) => recordEvents(tx, [happened], options));

const promised = async (store: Store): Promise<readonly string[]> =>
  (await listEffects(store)).items.map(({ effect }) => effect.kind);

describe("a command", () => {
  it("changes the incident, promises what follows, and stands in the journal with who said it (A23)", async () => {
    const store = await withIncident();
    const { done, text } = await answered(store, comment("dw ack\ndw note upstream is late"));
    expect(done).toBe(true);
    expect(text).toContain("sarah has this since");
    expect(text).toContain("Noted, sarah.");
    const incident = await theIncident(store);
    expect(incident?.people).toMatchObject({
      ack: { by: "sarah" },
      words: [{ about: "note", by: "sarah" }],
    });
    expect(await promised(store)).toEqual([
      "ticket.open",
      "ticket.update",
      "incident.ack_lapse",
      "ticket.update",
    ]);
    const journal = await readJournal(store, 0, 100);
    const said = journal.filter(({ kind }) => kind === "commanded");
    expect(said.map(({ incident: of }) => of)).toEqual(["inc-e1", "inc-e1"]);
    expect(JSON.stringify(said)).not.toContain("upstream is late");
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it("is carried out once, however many daemons look for it", async () => {
    const store = await withIncident();
    for (let n = 0; n < 10; n += 1)
      await insertCommand(store, comment(`dw note number ${n}`), Date.now());
    await Promise.all([1, 2, 3].map(() => carryOutWaiting(worker(store))));
    const incident = await theIncident(store);
    expect(incident?.people?.words).toHaveLength(10);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it("has happened whole or not at all, whichever statement its process dies at", async () => {
    const store = await withIncident();
    const command = comment("dw ack");
    await insertCommand(store, command, Date.now());
    let died = 0;
    for (let dieAt = 1; dieAt < 80; dieAt += 1) {
      await carryOutDying(store, dieAt);
      const answer = await answerOf(store, `ticket:${command.message}`);
      const incident = await theIncident(store);
      expect(incident?.people === undefined).toBe(answer === undefined);
      if (answer !== undefined) break;
      died += 1;
    }
    expect(died).toBeGreaterThan(10);
    expect(await promised(store)).toEqual(["ticket.open", "ticket.update", "incident.ack_lapse"]);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it.each([
    ["dw silence 2h deploy", ["ticket.open", "incident.silence_over", "ticket.update"]],
    [
      "dw silence 2h deploy\ndw unsilence",
      ["ticket.open", "incident.silence_over", "ticket.update", "ticket.ensure", "ticket.update"],
    ],
  ])("%j has happened once, whichever statement its process dies at", async (said, effects) => {
    const store = await withIncident();
    const command = comment(said);
    await insertCommand(store, command, Date.now());
    for (let dieAt = 1; dieAt < 200; dieAt += 7) {
      await carryOutDying(store, dieAt);
      if ((await answerOf(store, `ticket:${command.message}`)) !== undefined) break;
      expect((await theIncident(store))?.silence).toBeUndefined();
    }
    await carryOutWaiting(worker(store));
    expect(await promised(store)).toEqual(effects);
    const { silence } = (await theIncident(store)) ?? {};
    expect(silence === undefined).toBe(said.includes("unsilence"));
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it("silences a later incident about the same; another silence and unsilence are for both", async () => {
    const store = await withIncident();
    await answered(store, comment("dw silence 6h deploy"));
    const { recording } = worker(store);
    const settings = { ...recording.settings, resolveAfterMs: 0, reopenDurationMs: -1 };
    const forgetful = { ...recording, settings };
    await record(store, { event: episodeClosed() }, forgetful);
    const event = { type: "quiet_passed", episode: "e1" } as const;
    await record(store, { event, incident: "inc-e1" }, forgetful);
    await record(store, { event: episodeOpened({ id: "e2" }) }, forgetful);
    const silencedNow = async () => (await listIncidents(store, { isSilenced: true })).items;
    expect((await silencedNow()).map(({ id }) => id)).toEqual(["inc-e2", "inc-e1"]);
    await answered(store, comment("dw silence 1h it takes no longer", { incident: 2 }));
    for (const one of await silencedNow())
      expect(isDigest(one) ? 0 : one.silence?.untilMs).toBeLessThan(Date.now() + 2 * 3_600_000);
    await answered(store, comment("dw unsilence", { incident: 2 }));
    expect(await silencedNow()).toEqual([]);
  });

  it("on which the program fails is answered so, and keeps no other waiting", async () => {
    const store = await withIncident();
    const broken = {
      ...worker(store),
      commands: commandList.map((one) =>
        one.words[0] === "note" ? { ...one, carryOut: () => failing() } : one,
      ),
    };
    const [bad, good] = [comment("dw note x"), comment("dw ack")];
    for (const command of [bad, good]) await insertCommand(store, command, Date.now());
    await carryOutWaiting(broken);
    const answer = async (one: NewCommand) =>
      (await answerOf<CommandAnswer>(store, `ticket:${one.message}`))?.answer;
    expect(await answer(bad)).toMatchObject({ done: false, code: "failed" });
    expect(await answer(good)).toMatchObject({ done: true });
  });
});

const failing = (): never => {
  throw new Error("a slip");
};

/** Carries out what waits, and dies before a statement. */
async function carryOutDying(store: Store, dieAt: number): Promise<void> {
  let statements = 0;
  const dying: Store = {
    ...store,
    transaction: (work, how) =>
      store.transaction(
        (tx) =>
          work({
            ...tx,
            query: (sql, values) => {
              statements += 1;
              return statements === dieAt ? failing() : tx.query(sql, values);
            },
          }),
        how,
      ),
  };
  // What is answered after a failure is another transaction: it must not come here.
  const once = { ...worker(dying), store: { ...dying, transaction: onlyFirst(dying) } };
  await carryOutWaiting(once).catch(() => undefined);
}

function onlyFirst(store: Store): Store["transaction"] {
  let failed = false;
  return async (work, how) => {
    if (failed) throw new Error("the process is gone");
    return store.transaction(work, how).catch((error: unknown) => {
      failed = true;
      throw error;
    });
  };
}

describe("who may not", () => {
  it.each([
    ["an account that nobody is known by", { account: "5b10-eve" }, "unknown_person"],
    ["somebody whose display name is that of a person", { account: "sarah" }, "unknown_person"],
    ["a person, before the right was given", { saidAtMs: 999 }, "before_right"],
    [
      "who has the role by a group, after ten minutes",
      { account: "5b10-eve", roles: ["commander"], saidAtMs: 2_000 },
      "before_right",
    ],
    ["whoever edited the comment", { unfit: "edited" }, "edited"],
    ["an outsider of a service desk", { unfit: "outsider" }, "outsider"],
  ] as const)("%s is refused with the reason, and nothing changes", async (_, changes, code) => {
    const store = await withIncident();
    const answer = await answered(store, comment("dw ack", changes));
    expect(answer).toMatchObject({ done: false, code });
    expect(answer.text).toMatch(/^Not done, (?:sarah|5b10-eve): /);
    expect((await theIncident(store))?.people).toBeUndefined();
  });

  it("may ask for help and status all the same", async () => {
    const store = await withIncident();
    const { done, text } = await answered(store, comment("dw status", { account: "5b10-eve" }));
    expect([done, text.split("\n")[0]]).toEqual([true, "P1, open for 1 min, nobody has it"]);
  });

  it("is told who may: the reason names the role", async () => {
    const store = await withIncident();
    const { text } = await answered(store, comment("dw ack", { account: "5b10-eve" }));
    expect(text.replaceAll("\n", " ")).toBe(
      "Not done, 5b10-eve: this account is in nobody's entry under people:, so it may only ask for dw help, dw status and dw metrics. Ask sarah (admin) to add it.",
    );
  });
});

describe("who has a role by a group of the tracker", () => {
  it("may say what the role allows, and nothing else, though nobody named them", async () => {
    const store = await withIncident();
    const by = { account: "5b10-eve", roles: ["responder"] };
    const lacking = await answered(
      store,
      comment("dw severity P2 no harm", { ...by, saidAtMs: Date.now() }),
    );
    expect(lacking).toMatchObject({ done: false, code: "role" });
    const may = await answered(
      store,
      comment("dw severity P2 no harm", {
        ...by,
        roles: ["responder", "commander"],
        saidAtMs: Date.now(),
      }),
    );
    expect(may).toMatchObject({ done: true });
    expect(await theIncident(store)).toMatchObject({ severity: "P2" });
  });
});

describe("a conversation", () => {
  it("close asks while the model is broken, and yes closes it; only who has the role may say yes (C47)", async () => {
    const store = await withIncident();
    const asked = await answered(store, comment("dw close"));
    expect([asked.done, asked.code]).toEqual([false, "asks"]);
    expect(asked.text.replaceAll("\n", " ")).toBe(
      "Close IR-12 although churn-v7 is not back to normal? It stays closed for 4h, then it is opened again. Nothing is done yet. To confirm it within 30 min, say dw yes.",
    );
    expect(await promised(store)).toEqual(["ticket.open"]);

    const tom = await answered(store, comment("dw yes", { account: "5b10-tom" }));
    expect(tom.text.replaceAll("\n", " ")).toBe(
      "Not done, tom: dw close needs the role commander, which you do not have. sarah can say it.",
    );
    const { done, text } = await answered(store, comment("/yes"));
    expect([done, text.split(".")[0]]).toEqual([true, "sarah closed IR-12"]);
    expect(await promised(store)).toContain("ticket.resolve");
    expect(await answered(store, comment("dw yes"))).toMatchObject({ code: "no_question" });
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });

  it("expected announces a marker for the model that is broken, once", async () => {
    const store = await withIncident();
    const { done } = await answered(store, comment("dw expected new features"));
    expect(done).toBe(true);
    const records = (await listEffects(store)).items.filter(
      ({ effect }) => effect.kind === "stream.append",
    );
    expect(records).toMatchObject([
      { effect: { record: { kind: "marker", model: "default/production/main/churn-v7" } } },
    ]);
  });

  it("a verdict is counted by model and detector; what is older is not", async () => {
    const store = await withIncident();
    const counted = { subject: "default/production/main/churn-v7", detector: "rolling-z-score" };
    expect(await countVerdicts(store, 0)).toEqual([{ ...counted, verdict: null, count: 1 }]);
    await answered(store, comment("dw real\ndw wrong-team payments"));
    expect(await countVerdicts(store, 0)).toEqual([
      { ...counted, verdict: "wrong_team", count: 1 },
    ]);
    expect(await countVerdicts(store, Date.now() + 60_000)).toEqual([]);
  });

  it("by the command line is the operator's, who may say everything", async () => {
    const store = await withIncident();
    const command = comment("severity P2 only the shadow model", { door: "cli", account: "" });
    const { done, text } = await answered(store, command);
    expect(done).toBe(true);
    expect(text).toContain("P2 now, it was P1, says operator.");
    expect((await theIncident(store))?.severity).toBe("P2");
  });
});
