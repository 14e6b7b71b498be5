/** Runs that people ask for, with the real store, outbox, timers and commands. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Wishing } from "../../src/commands/context.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { defaultApproval } from "../../src/healing/proposing.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { StoreError } from "../../src/store/errors.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { listRuns } from "../../src/store/runs/list.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { type Approving, approving } from "../programs/approving.ts";
import { answered, comment, worker } from "../programs/command-store.ts";
import { record } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { becomes, recording, tom } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

/** Incident 1 calls for nothing by itself. */
async function quiet(
  changes: Parameters<typeof approving>[1] = {},
  newestRowMs = Date.now(),
): Promise<Approving> {
  const place = await approving(await stores.open(), changes);
  const at = newestRowMs * 1000;
  await record(place.store, episodeOpened({ model: "t/e/e1/m", at, newestRow: at }), recording);
  place.outbox.start();
  onTestFinished(() => place.outbox.stop());
  return place;
}

const lettersOf = async (place: Approving): Promise<string> =>
  (await place.run())?.proposal?.id ?? "";

describe("a run that a person asks for on the ticket (A3, A22, A26, B2, B15, B16, B62)", () => {
  it.each(["approve", "auto"] as const)(
    "is asked once more with the facts where the fix is in mode %s, and acts after a yes",
    async (mode) => {
      const place = await quiet({ mode });
      const answer = await place.say("dw restart feature-store full");
      const id = await lettersOf(place);
      expect(answer).toContain("feature-store-1 is healthy now. It is one container, so full is");
      expect(answer).toContain(`${id}: restart-container on feature-store-1? Asks until`);
      expect(answer).toContain("2026-11-19T06:01:00Z");
      expect(answer).toContain("sarah");
      expect((await place.incident()).runs).toMatchObject([
        { status: "proposed", wish: { by: "sarah" }, proposal: { askedBy: "sarah" } },
      ]);
      expect(place.acts).toEqual([]);
      await place.say(`dw approve ${id}`);
      await becomes(place, "acted");
      const event = { ...verified, run: (await place.run())?.id ?? "" };
      await place.store.transaction((tx) =>
        recordEvents(tx, [{ event, incident: "inc-e1" }], recording),
      );
      expect(await place.run()).toMatchObject({ status: "acted", outcome: "recovered" });
      expect(place.acts).toEqual(["2026-11-19T06:01:00Z"]);
      expect(await verifyJournal(place.store)).toMatchObject({ ok: true });
    },
  );

  it("is carried out once, however often its comment is handed in or its process dies", async () => {
    const place = await quiet();
    const said = comment("dw restart restart-svc");
    await insertCommand(place.store, said, Date.now());
    const dies = worker(place.store, { wishing: dyingOnce(place.wishing) });
    await expect(carryOutWaiting(dies)).rejects.toThrow("died");
    expect((await listRuns(place.store)).items).toEqual([]);
    expect((await place.incident()).runs).toEqual([]);
    await carryOutWaiting(dies);
    await answered(place.store, said, place.wishing);
    expect((await listRuns(place.store)).items).toMatchObject([{ status: "proposed" }]);
    expect((await place.incident()).runs).toHaveLength(1);
  });

  it("is for the member of a shared incident that the fix is for, and not for the newest one", async () => {
    const place = await approving(await stores.open());
    const at = Date.now() * 1000;
    const [blamed] = episodeOpened().features;
    const open = async (id: string, model: string, feature: string): Promise<void> => {
      const features = [{ ...blamed!, feature }];
      const times = { at, newestRow: at };
      const event = episodeOpened({ id, model: `t/e/main/${model}`, features, ...times });
      await record(place.store, event, recording);
    };
    await open("e1", "m1", "credit_score");
    await open("e2", "m2", "credit_score");
    await open("e3", "m2", "age");
    expect(await place.incident()).toMatchObject({ episode: { id: "e3" }, members: { joined: 2 } });
    expect(await place.say("dw restart restart-svc dry-run")).toMatch(/Incident +1: credit_score/);
    await place.say("dw restart restart-svc");
    expect((await place.incident()).runs).toMatchObject([{ status: "proposed", episode: "e1" }]);
    expect(await place.run()).toMatchObject({ subject: "model\nt/e/main/m1" });
  });

  it("may not be approved by the comment that asks for it", async () => {
    const place = await quiet();
    expect(await place.say("dw restart restart-svc\ndw approve")).toContain(
      "it was asked for by the same message",
    );
    expect(await place.run()).toMatchObject({ status: "proposed", proposal: { rules: {} } });
    expect((await place.incident()).runs[0]?.proposal?.said).toEqual([]);
  });

  it("may not be approved by whoever asked for it where approvers is other", async () => {
    const rules = { approvals: 1, others: true, twice: false };
    const place = await quiet({ approval: { ...defaultApproval, rules } });
    await place.say("dw restart restart-svc");
    expect(await place.say("dw approve")).toBe(
      "Not done, sarah: sarah, you asked for this yourself, and it needs a second person. tom can say it.",
    );
    expect(place.acts).toEqual([]);
    await place.say("dw approve", tom);
    await becomes(place, "acted");
    expect(place.acts).toHaveLength(1);
  });

  it("counts as asked for by the same person when it is asked again after its time", async () => {
    const rules = { approvals: 1, others: true, twice: false };
    const place = await quiet({ approval: { ...defaultApproval, rules, expiresMs: 1 } });
    await place.say("dw restart restart-svc");
    await becomes(place, "void");
    const first = (await place.run())?.decidedAtMs;
    await place.say("dw approve", tom);
    await eventually(async () => {
      expect((await place.run())?.decidedAtMs).not.toBe(first);
      const { proposal, wish } = (await place.incident()).runs[0] ?? {};
      expect([wish?.by, proposal?.askedBy]).toEqual(["sarah", "sarah"]);
    });
  });

  it("is one proposal, also when a second person asks for the same", async () => {
    const place = await quiet();
    await place.say("dw restart restart-svc");
    const id = await lettersOf(place);
    expect(await place.say("dw restart feature-store", tom)).toContain(
      `the gate already_done denies it: It is asked for already, as ${id}.`,
    );
    expect((await place.incident()).runs.map(({ status }) => status)).toEqual([
      "proposed",
      "denied",
    ]);
  });

  it("keeps budgets, cooldown and the tier, and is not tried later by itself", async () => {
    const none = await quiet({
      budgets: [{ scope: "fix", runs: 0, windowMs: 1000 }],
    });
    expect(await none.say("dw restart restart-svc")).toContain(
      "Not done, sarah: the gate budget denies it",
    );
    expect(await none.run()).toMatchObject({ status: "denied", gate: "budget", retryAtMs: null });
    const never = await quiet({ tier: "never" });
    expect(await never.say("dw restart restart-svc")).toContain("never done, even if approved");
    expect(never.acts).toEqual([]);
  });

  it("is refused where the fix only watches, and says what it would do", async () => {
    const place = await quiet({ mode: "observe" });
    expect(await place.say("dw restart restart-svc")).toBe(
      "Not done, sarah: restart-svc only says what it would do (mode: observe): restarts feature-store-1. feature-store-1 is healthy now. Nothing was done.",
    );
    expect(await place.run()).toMatchObject({ status: "observed" });
  });

  it("has the model asked first when its evidence is old, and then asks people", async () => {
    const place = await quiet({}, Date.now() - 3_600_000);
    expect(await place.say("dw restart restart-svc")).toContain("So the model is asked first.");
    await eventually(() => expect(place.asked).toMatchObject([{ kind: "verify" }]));
    const [question] = place.asked;
    if (question?.kind !== "verify") throw new Error("nothing was asked");
    const event = { ...verified, outcome: "not_recovered", run: question.run } as const;
    await place.store.transaction((tx) =>
      recordEvents(tx, [{ event, incident: "inc-e1" }], recording),
    );
    await becomes(place, "proposed");
    await place.say("dw approve");
    await becomes(place, "acted");
  });

  it("only says what every gate answers in a dry run, and writes nothing down", async () => {
    const place = await quiet();
    const answer = await place.say("dw fixes run restart-svc --dry-run");
    expect(answer).toContain("Dry run: nothing was done, and nothing is written down.");
    expect(answer).toContain("it would be asked for; dw restart restart-svc does");
    expect(answer).toMatch(/cooldown +allows/);
    expect((await listRuns(place.store)).items).toEqual([]);
    expect((await place.incident()).runs).toEqual([]);
  });

  it("needs the role, and the incident that calls for it where no number is given", async () => {
    const place = await quiet();
    const http = { door: "http", account: "kim", incident: null } as const;
    expect(await place.say("restart restart-svc", http)).toContain("needs the role responder");
    const answer = await place.say("restart restart-svc", { ...http, account: "tom" });
    expect(answer).toContain("restart-container on feature-store-1?");
    expect((await place.incident()).runs).toMatchObject([{ wish: { by: "tom" } }]);
  });
});

const verified = {
  type: "verified",
  id: "v1",
  run: "",
  model: "t/e/e1/m",
  at: Date.now() * 1000,
  outcome: "recovered",
  detail: "inside its band",
} as const;

/** The first decision dies before its transaction ends. */
function dyingOnce(wishing: Wishing): Wishing {
  let dies = true;
  return {
    ...wishing,
    look: async (service) => {
      const look = await wishing.look(service);
      return {
        ...look,
        decide: async (tx, wished) => {
          const decided = await look.decide(tx, wished);
          const seal = async (): Promise<void> => {
            await decided.seal();
            if (dies) {
              dies = false;
              throw new StoreError("DW_STORE_UNREACHABLE", "died", { hint: "" });
            }
          };
          return { ...decided, seal };
        },
      };
    },
  };
}
