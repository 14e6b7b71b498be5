/** People talk with Driftwarden on a ticket: a real store, and a Jira of its own that loses what it is asked. */
import { describe, expect, it } from "vitest";
import { listEffects } from "../../src/store/outbox/inspect.ts";
import { spokenIn } from "../../src/tickets/jira/spoken.ts";
import { withStore } from "../programs/store.ts";
import { sarah, talking } from "../programs/talking.ts";

const stores = withStore();
const hour = 3_600_000;

describe("a conversation on a ticket", () => {
  it("is a comment, what it asks for, and one comment that answers all that was said meanwhile", async () => {
    const here = await talking(await stores.open());
    await here.say("sarah", "Looking.\ndw ack\ndw aknowledge");
    await here.say("eve", "dw ack");
    await here.hear();
    await here.answer();
    await here.settled();
    await here.say("sarah", "dw status");
    await here.hear();
    await here.answer();
    await here.settled();
    const [answer, ...more] = here.answers();
    expect(more).toEqual([]);
    expect(answer?.body).toContain("sarah has this");
    expect(answer?.body).toContain("Not done, sarah: ");
    expect(answer?.body).toContain(
      String.raw`Not done, Sarah \(JIRAUSER10102\): this account is in nobody`,
    );
    expect(answer?.body).toContain("P1, open");
    expect(spokenIn(answer?.body ?? "")).toEqual([]);
    await here.hear();
    expect(
      (await listEffects(here.store)).items.filter(({ effect }) => effect.kind === "ticket.answer"),
    ).toHaveLength(2);
  });

  it.each([
    { answer: "drop", afterEffect: true },
    { answer: "late" },
    { answer: "doubled" },
  ] as const)("is answered once, whichever request of the answer meets this: %j", async (fault) => {
    const here = await talking(await stores.open());
    const round = async (nth: number, met = () => undefined): Promise<number> => {
      await here.say("sarah", "dw status");
      await here.hear();
      const before = here.sandbox.ledger.length;
      if (nth > 1) here.sandbox.fault({ ...fault, after: nth - 2, onMet: met });
      await here.answer(10 * hour - nth * 120_000);
      await here.settled();
      expect([nth, here.answers().length]).toEqual([nth, nth + 1]);
      return here.sandbox.ledger.length - before;
    };
    await round(0);
    const requests = await round(1);
    expect(requests).toBe(3);
    let met = 0;
    for (let nth = 2; nth < 2 + requests; nth += 1) await round(nth, () => void (met += 1));
    expect(met).toBe(requests);
  });
});

describe("acting on the ticket in Jira itself", () => {
  const closing = ["POST /issue/IR-1/transitions", { transition: { id: "31" } }] as const;
  const weighing = ["PUT /issue/IR-1", { fields: { priority: { name: "Low" } } }] as const;

  it("is the command of that person, without a word where it is theirs to do", async () => {
    const here = await talking(await stores.open());
    await here.act("sarah", "PUT /issue/IR-1/assignee", { name: "sarah" });
    await here.act("sarah", ...weighing);
    await here.answer();
    await here.settled();
    expect(await here.incident()).toMatchObject({
      severity: "P2",
      people: { assignee: { name: "sarah", account: sarah } },
    });
    expect(here.sandbox.issues()[0]?.labels).toContain("P2");
    await here.act("tom", "PUT /issue/IR-1/assignee", { name: null });
    await here.settled();
    expect(await here.incident()).not.toHaveProperty("people.assignee");
    expect(here.answers()).toEqual([]);
  });

  it("is refused with the reason where the role is lacking, changes nothing, and stays in Jira", async () => {
    const here = await talking(await stores.open());
    await here.act("eve", ...weighing);
    await here.answer();
    expect(here.answers()).toEqual([]);
    await here.act("tom", "PUT /issue/IR-1", { fields: { priority: { name: "High" } } });
    await here.act("tom", ...weighing);
    await here.answer();
    await here.settled();
    expect(await here.incident()).toMatchObject({ severity: "P1" });
    const [answer, ...more] = here.answers();
    expect(more).toEqual([]);
    expect(answer?.body).toContain("which you do not have. sarah can say it.");
    expect(answer?.body).toContain("The priority stays as it was set");
    expect(here.sandbox.issues()[0]?.priority).toBe("Low");
  });

  it("closing it while something is broken is answered once, and left for the usual time", async () => {
    const here = await talking(await stores.open());
    await here.act("sarah", ...closing);
    await here.answer();
    await here.settled();
    const [answer, ...more] = here.answers();
    expect(more).toEqual([]);
    expect(answer?.body).toContain("It stays closed for 4h");
    expect(spokenIn(answer?.body ?? "")).toEqual([]);
    expect(await here.incident()).toMatchObject({ closedByHand: {} });
    await here.act("sarah", "POST /issue/IR-1/transitions", { transition: { id: "41" } });
    expect(await here.incident()).not.toHaveProperty("closedByHand");
    await here.settled();
    expect(here.answers()).toHaveLength(1);
    expect(here.sandbox.issues()[0]?.status.name).toBe("To Do");
  });
});
