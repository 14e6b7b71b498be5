/** Who may answer a proposal, by which words, and what everybody else is told. */
import { describe, expect, it } from "vitest";
import { KnownPeople } from "../../src/commands/people.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { defaultApproval } from "../../src/healing/proposing.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { approving, startRun } from "../programs/approving.ts";
import { comment, worker } from "../programs/command-store.ts";
import { asked, becomes, proposedAndApproved, tom } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

describe("who may answer: programs propose, and people decide (A9)", () => {
  it.each([
    [
      "approve",
      { incident: 2 },
      "sarah: ID is asked on incident 1, not here. Nothing was changed.",
    ],
    ["deny", { incident: 2 }, "sarah: ID is asked on incident 1, not here. Nothing was changed."],
    [
      "approve",
      { unfit: "edited" },
      "sarah: the comment was edited, so it may say something else than its author wrote. Write a new one.",
    ],
    [
      "approve",
      { unfit: "outsider" },
      "sarah: it came from outside of the team. Nobody outside may say commands.",
    ],
    [
      "approve",
      { account: "eve" },
      "eve: this account is in nobody's entry under people:, so it may only ask for dw help, dw status and dw metrics. Ask sarah (admin) to add it.",
    ],
  ] as const)(
    "takes no %s of the right letters with %o, and says why",
    async (word, how, answer) => {
      const place = await asked(await stores.open());
      await place.open("e2");
      expect(await place.say(`dw ${word} ${place.id}`, how)).toBe(
        `Not done, ${answer.replace("ID", place.id)}`,
      );
      expect((await place.incident()).runs[0]).toMatchObject({
        status: "proposed",
        proposal: { said: [] },
      });
      expect(place.acts).toEqual([]);
    },
  );

  it("takes no approve of a bot, whose token may read and propose, whatever role it has", async () => {
    const place = await asked(await stores.open());
    const bot = { name: "bot", account: undefined, roles: ["responder"], timeZone: "UTC" } as const;
    const people = new KnownPeople([{ ...bot, scopes: ["read", "propose", "act"], machine: true }]);
    const said = { door: "http", incident: 1, account: "bot", place: "" } as const;
    await insertCommand(place.store, comment(`approve ${place.id}`, said), Date.now());
    await carryOutWaiting(worker(place.store, { people }));
    expect(
      await place.store.query(
        "select answer ->> 'code' as code from commands where account = 'bot'",
      ),
    ).toEqual([{ code: "scope" }]);
    expect((await place.incident()).runs[0]?.proposal?.said).toEqual([]);
    expect(place.acts).toEqual([]);
  });

  it("takes no approve without the role, and says who has it", async () => {
    const place = await asked(await stores.open());
    expect(await place.say("dw approve", { account: "kim", door: "http" })).toBe(
      "Not done: dw approve needs the role responder, which you do not have. sarah or tom can say it.",
    );
    expect((await place.incident()).runs[0]?.proposal?.said).toEqual([]);
  });

  it("approves nothing where nothing waits, or by letters that no proposal has", async () => {
    const place = await approving(await stores.open());
    await place.open("e1");
    const nothing = "Not done, sarah: no run waits for approval here. Nothing was changed.";
    expect(await place.say("dw approve")).toBe(nothing);
    expect(await place.say("dw deny")).toBe(nothing);
    const waiting = await asked(await stores.open());
    const wrong = waiting.id === "BBBB" ? "CCCC" : "BBBB";
    const unknown = `Not done, sarah: nothing that waits here is called ${wrong}. Nothing was changed.`;
    expect(await waiting.say(`dw approve ${wrong}`)).toBe(unknown);
    expect(await waiting.say(`dw deny ${wrong} no`)).toBe(unknown);
    expect((await waiting.incident()).runs[0]?.proposal?.said).toEqual([]);
  });

  it.each(["12345", "AEIO", "but only tomorrow", "please do not", "feature-store-2"])(
    "approves nothing by `approve %s`, with and without the right letters",
    async (words) => {
      const place = await asked(await stores.open());
      const answer = `Not done, sarah: behind dw approve stand the letters of what waits, or nothing, and ${words} is something else. Nothing was changed.`;
      expect(await place.say(`dw approve ${words}`)).toBe(answer);
      expect(await place.say(`dw approve ${place.id} ${words}`)).toBe(answer);
      expect((await place.incident()).runs[0]?.proposal?.said).toEqual([]);
      expect(place.acts).toEqual([]);
    },
  );

  it("says to whoever approves twice, or a person after them, who has approved it", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    const used = (name: string) => `Not done, ${name}: ${approved} is approved already, by sarah.`;
    expect(await place.say("dw approve")).toBe(used("sarah"));
    expect(await place.say(`dw approve ${approved}`, tom)).toBe(used("tom"));
  });

  it("says of what nobody answered in time that it is void", async () => {
    const place = await approving(await stores.open(), {
      approval: { ...defaultApproval, expiresMs: 1 },
    });
    await place.open("e1");
    place.outbox.start();
    await becomes(place, "void");
    await place.outbox.stop();
    const id = (await place.incident()).runs[0]?.proposal?.id ?? "";
    const over = `Not done, sarah: ${id} is void. Nobody answered in time. dw approve asks again with fresh facts.`;
    expect(await place.say(`dw approve ${id}`)).toBe(over);
    expect(await place.say(`dw deny ${id}`)).toBe(over);
    expect(place.acts).toEqual([]);
  });

  it("needs two people where approvals is 2", async () => {
    const rules = { approvals: 2, others: false, twice: false };
    const place = await asked(await stores.open(), { approval: { ...defaultApproval, rules } });
    expect(await place.say("dw approve")).toContain("One more person has to approve it");
    expect(await place.say("dw approve")).toContain("you have approved it, and it needs a second");
    expect(place.acts).toEqual([]);
    await place.say("dw approve", tom);
    await becomes(place, "acted");
    expect((await place.run())?.answers.at(-1)).toEqual({ gate: "approval", answer: "allows" });
  });

  it.each([
    ["approvals was raised to 2", { approvals: 2, others: false, twice: false }],
    ["confirmations was set to twice", { approvals: 2, others: false, twice: true }],
  ])("does nothing by the word of one, where %s after it", async (_, rules) => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    const approval = { ...defaultApproval, rules };
    const changed = await approving(place.store, { approval });
    const { run } = await startRun(changed, { approved });
    expect(run).toMatchObject({ status: "void", gate: "approval" });
    expect(run?.detail).toContain("it needs the word of 2 people, and 1 gave it");
    expect([...place.acts, ...changed.acts]).toEqual([]);
  });

  it("asks for a second person where approvals was raised to 2 after the proposal was made", async () => {
    const place = await asked(await stores.open());
    await place.outbox.stop();
    const rules = { approvals: 2, others: false, twice: false };
    const changed = await approving(place.store, { approval: { ...defaultApproval, rules } });
    expect(await changed.say("dw approve")).toContain("One more person has to approve it");
    const [first] = (await place.incident()).runs;
    expect(first?.proposal).toMatchObject({ rules, said: [{ by: "sarah" }] });
    expect(first?.proposal?.approved).toBeUndefined();
    await changed.say("dw approve", tom);
    expect((await place.incident()).runs[0]?.proposal).toMatchObject({ approved: true });
  });

  it("does nothing by the word of whoever asked, where approvers was set to other after it", async () => {
    const place = await approving(await stores.open());
    await place.open("e1");
    await place.say("dw restart feature-store");
    const proposal = (await place.incident()).runs[0]?.proposal;
    const rules = { approvals: 1, others: true, twice: false };
    const changed = await approving(place.store, { approval: { ...defaultApproval, rules } });
    expect(await changed.say("dw approve")).toContain("you asked for this yourself");
    expect(await place.say("dw approve")).toContain("It acts once");
    const [wished] = (await place.incident()).runs;
    const request = { wish: wished?.wish, approved: proposal?.id };
    const { run } = await startRun(changed, request);
    expect(run).toMatchObject({ status: "void", gate: "approval" });
    expect(run?.detail).toContain("whoever asked for it may not approve it");
  });

  it("takes the same person twice where confirmations is twice, by the target's name", async () => {
    const rules = { approvals: 2, others: false, twice: true };
    const place = await asked(await stores.open(), { approval: { ...defaultApproval, rules } });
    await place.say("dw approve");
    expect(await place.say("dw approve")).toContain("feature-store-1");
    await place.say(`dw approve ${place.id} feature-store-1`);
    await becomes(place, "acted");
    expect(place.acts).toHaveLength(1);
  });
});
