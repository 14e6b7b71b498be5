/** A run that waits for a person's word, with the real store, outbox, timers and commands. */
import { describe, expect, it, onTestFinished } from "vitest";
import { runId } from "../../src/healing/decide-run.ts";
import { defaultApproval } from "../../src/healing/proposing.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { episodeClosed } from "../fakes/episodes.ts";
import { approving, startRun } from "../programs/approving.ts";
import { eventually } from "../programs/eventually.ts";
import { asked, becomes, proposedAndApproved, recording, tom } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const proposedRun = runId({ fix: "restart-svc", episode: "e1" });
/** Backends that wait for the lock of an incident's row. */
const waitingForIncidentSql = `select pid from pg_stat_activity
  where wait_event_type = 'Lock' and query like '%from incidents%for share%' and pid <> pg_backend_pid()`;

describe("a fix in mode approve (A3, A22, A26, A32, B2, B62, C76)", () => {
  it("acts on nothing until a person says yes, then once, on exactly what was asked", async () => {
    const place = await asked(await stores.open());
    expect(place.acts).toEqual([]);
    const { id } = place;
    expect(id).toMatch(/^[BCDFGHJKMNPRSTVWXZ]{4}$/);
    expect(await place.say("dw approve")).toContain(
      `sarah approved ${id}: restart-container on feature-store-1, id ${"a".repeat(12)}, up since 2026-11-19T06:01:00Z.`,
    );
    await becomes(place, "acted");
    expect(place.acts).toEqual(["2026-11-19T06:01:00Z"]);
    expect(await place.say(`dw approve ${id}`)).toContain(`${id} was answered before`);
    expect(place.acts).toHaveLength(1);
    const run = await place.run();
    expect(run?.answers.map(({ answer }) => answer)).toEqual(run?.answers.map(() => "allows"));
    expect(await verifyJournal(place.store)).toMatchObject({ ok: true });
  });

  it("takes an approval once, even if it is given twice before the run begins", async () => {
    const place = await asked(await stores.open());
    await place.outbox.stop();
    await place.say("dw approve");
    expect(await place.say("dw approve")).toContain("is approved already, by sarah");
    const request = { approved: place.id };
    await startRun(place, request);
    await startRun(place, request, { attempt: 2, unknown: true });
    expect(place.acts).toHaveLength(1);
  });

  it("is used up when a gate denies the run, also if its process dies before the incident knows of it", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    await place.say("dw silence 1h busy");
    const first = await startRun(place, { approved });
    expect(first.run).toMatchObject({ status: "denied", gate: "frozen" });
    await place.say("dw unsilence");
    const second = await startRun(place, { approved }, { attempt: 2, unknown: true });
    expect(second.run).toMatchObject({ status: "denied", gate: "frozen" });
    expect(place.acts).toEqual([]);
    // Without the approval it may be decided anew, and then people are asked anew.
    expect((await startRun(place)).run?.status).toBe("proposed");
    expect(place.acts).toEqual([]);
  });

  it("reports the same proposal when its process dies before the incident knows of it", async () => {
    const place = await approving(await stores.open());
    await place.open("e1");
    const first = await startRun(place);
    const second = await startRun(place, {}, { attempt: 2, unknown: true });
    expect(first.run?.proposal).toBeDefined();
    expect(second.run).toEqual(first.run);
  });

  it("is void when what was approved has changed, says what, and asks again only when told", async () => {
    const place = await asked(await stores.open());
    place.recreate();
    await place.say("dw approve");
    await becomes(place, "void");
    expect(place.acts).toEqual([]);
    expect((await place.run())?.detail).toContain(
      "its start was 2026-11-19T06:01:00Z and is 2026-11-19T06:02:00Z",
    );
    expect(await place.say("dw approve")).toContain("Nothing was approved");
    await becomes(place, "proposed");
    expect((await place.run())?.proposal?.act.snapshot["started_at"]).toBe("2026-11-19T06:02:00Z");
    expect(place.acts).toEqual([]);
    await place.say("dw approve");
    await becomes(place, "acted");
    expect(place.acts).toEqual(["2026-11-19T06:02:00Z"]);
  });

  it("is void after its time, and dw approve asks anew with fresh facts", async () => {
    const place = await approving(await stores.open(), {
      approval: { ...defaultApproval, expiresMs: 100 },
    });
    await place.open("e1");
    place.outbox.start();
    onTestFinished(() => place.outbox.stop());
    await becomes(place, "void");
    expect((await place.incident()).runs[0]?.detail).toBe("Nobody answered in time.");
    place.recreate();
    await place.say("dw approve");
    await eventually(async () => {
      const { proposal } = (await place.run()) ?? {};
      expect(proposal?.id).toBeDefined();
      expect(proposal?.act.snapshot["started_at"]).toBe("2026-11-19T06:02:00Z");
    });
    expect(place.acts).toEqual([]);
  });

  it("is void when it is back to normal before anybody answers", async () => {
    const place = await asked(await stores.open());
    const event = episodeClosed({ model: "t/e/e1/m" });
    await place.store.transaction((tx) => recordEvents(tx, [{ event }], recording));
    await becomes(place, "void");
    expect(await place.say("dw approve")).toContain("it is back to normal");
    expect(await verifyJournal(place.store)).toMatchObject({ ok: true });
  });

  it("asks the model first when the evidence has become old", async () => {
    const place = await asked(await stores.open());
    await place.store.query(
      `update incidents set document = jsonb_set(document::jsonb, '{runs,0,proposal,freshUntilMs}', $1::text::jsonb)`,
      [String(Date.now() - 1)],
    );
    await place.say("dw approve");
    await eventually(async () =>
      expect(place.asked).toMatchObject([{ kind: "verify", minAttributions: 1 }]),
    );
    expect((await place.run())?.status).toBe("proposed");
    expect(place.acts).toEqual([]);
  });
});

const answered = (kind: "approve" | "decline") => (proposal: string, command: string) =>
  ({ type: "commanded", command, by: "tom", deed: { kind, run: proposedRun, proposal } }) as const;

describe("the time to an answer", () => {
  it.each([
    ["approved", answered("approve")],
    ["denied", answered("decline")],
    [
      "expired",
      (proposal: string) => ({ type: "proposal_due", run: proposedRun, proposal }) as const,
    ],
    ["void", () => episodeClosed({ model: "t/e/e1/m" })],
  ] as const)("is told once of a proposal that was %s", async (end, eventOf) => {
    const place = await asked(await stores.open());
    await place.outbox.stop();
    const over: string[] = [];
    const counting = { ...recording, onProposalOver: (how: string) => void over.push(how) };
    for (const command of ["c1", "c2"]) {
      const event = eventOf(place.id, command);
      await place.store.transaction((tx) =>
        recordEvents(tx, [{ event, incident: "inc-e1" }], counting),
      );
    }
    expect(over).toEqual([end]);
  });
});

it("the time to an answer is told once where a conflict has the transaction tried again", async () => {
  const place = await asked(await stores.open());
  await place.outbox.stop();
  const over: string[] = [];
  const counting = { ...recording, onProposalOver: (how: string) => void over.push(how) };
  const event = answered("approve")(place.id, "c1");
  let tries = 0;
  await place.store.transaction(async (tx) => {
    await recordEvents(tx, [{ event, incident: "inc-e1" }], counting);
    tries += 1;
    if (tries === 1)
      await tx.query("do $$ begin raise exception 'a conflict' using errcode = '40001'; end $$");
  });
  expect({ tries, over }).toEqual({ tries: 2, over: ["approved"] });
});

describe("a no", () => {
  it("wins over a yes that came first, and is not asked again for the episode", async () => {
    const place = await asked(await stores.open());
    await place.outbox.stop();
    await place.say("dw approve", tom);
    expect(await place.say("dw deny it is the exporter")).toContain("sarah said no to");
    const { run } = await startRun(place, { approved: place.id });
    expect(run?.status).toBe("declined");
    expect((await startRun(place, { again: true })).run?.status).toBe("declined");
    expect(place.acts).toEqual([]);
    expect((await place.incident()).people?.words).toMatchObject([{ about: "deny", by: "sarah" }]);
  });

  it("stays, as a yes does, when the same proposal is reported once more", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    const { run } = await startRun(place);
    if (run === undefined) throw new Error("nothing is proposed");
    const event = { type: "run_changed", run: { ...run, episode: "e1" } } as const;
    const report = () =>
      place.store.transaction((tx) => recordEvents(tx, [{ event, incident: "inc-e1" }], recording));
    await report();
    const proposal = { id: approved, approved: true };
    expect((await place.incident()).runs).toMatchObject([{ status: "proposed", proposal }]);
    await place.say("dw deny");
    await report();
    expect((await place.incident()).runs).toMatchObject([{ status: "declined" }]);
  });

  it("is either carried out or refused as too late, however close it comes to the act", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { place, approved } = await proposedAndApproved(await stores.open());
      const [said] = await Promise.all([place.say("dw deny"), startRun(place, { approved })]);
      expect(place.acts).toHaveLength(said.includes("said no") ? 0 : 1);
    }
  });

  it.each([0, defaultApproval.denyForMs])(
    "stays when it is stored while an approved run reads what people said, with deny_for of %i ms",
    async (denyForMs) => {
      const approval = { ...defaultApproval, denyForMs };
      const { place, approved } = await proposedAndApproved(await stores.open(), { approval });
      const deciding = await place.store.transaction(async (tx) => {
        await tx.query("select id from incidents where id = 'inc-e1' for update");
        const started = startRun(place, { approved });
        await eventually(async () =>
          expect(await place.store.query(waitingForIncidentSql)).toHaveLength(1),
        );
        const deed = { kind: "decline", run: proposedRun, proposal: approved } as const;
        const event = { type: "commanded", command: "c2", by: "tom", deed } as const;
        await recordEvents(tx, [{ event, incident: "inc-e1" }], recording);
        return { started };
      });
      expect((await deciding.started).run).toMatchObject({ status: "declined" });
      expect(await place.run()).toMatchObject({ status: "declined" });
      expect((await place.incident()).runs).toMatchObject([{ status: "declined" }]);
      expect(place.acts).toEqual([]);
    },
  );

  it("keeps the target from being asked about again for deny_for, by another episode too", async () => {
    const place = await asked(await stores.open());
    await place.say("dw deny");
    await place.open("e2");
    await eventually(async () => {
      const newest = await place.run();
      expect(newest).toMatchObject({ status: "denied", gate: "declined" });
    });
    expect(place.acts).toEqual([]);
  });
});
