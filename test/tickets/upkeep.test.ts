/** FR-T5: a ticket that tells the truth, and people's edits in it, which win. */
import { describe, expect, it } from "vitest";
import type { Incident } from "../../src/incidents/incident.ts";
import { exampleRun } from "./example-incident.ts";
import { type Room, remembering, room, ticketed } from "./room.ts";

const tried = (incident: Incident): Incident => ({
  ...incident,
  runs: [exampleRun({ detail: "Restarted in 1.2s." })],
});

const issueOf = ({ tracker }: Room) => tracker.issues[0];

/** Carried out, and what became of it remembered. */
async function updated(place: Room, incident: Incident, rise?: { from: "P2"; to: "P1" }) {
  const outcome = await place.ticketing.update(incident, { rise });
  return { change: outcome.change, incident: remembering(incident, outcome, place.now()) };
}

describe("what was tried", () => {
  it("FR-T5: stands in the description as soon as something was tried, again and again", async () => {
    const place = room();
    const incident = await ticketed(place);
    expect(issueOf(place)?.description).toContain("Nothing yet.");
    const first = await updated(place, tried(incident));
    expect(first.change).toBe("updated");
    expect(issueOf(place)?.description).toContain("Restarted in 1.2s.");
    expect(issueOf(place)?.description).not.toContain("Nothing yet.");
    const helped = { ...first.incident, runs: [exampleRun({ outcome: "recovered" })] };
    expect((await updated(place, helped)).change).toBe("updated");
    expect(issueOf(place)?.description).toContain("it helped");
    expect(issueOf(place)?.comments).toEqual([]);
  });

  it("FR-T5: writes nothing where the description says so already", async () => {
    const place = room();
    const { incident } = await updated(place, tried(await ticketed(place)));
    const { writes } = place.tracker;
    expect((await updated(place, incident)).change).toBe("unchanged");
    expect(place.tracker.writes).toBe(writes);
  });

  it("FR-T5: leaves a description that a person edited, and keeps one comment instead", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { description: "What I found out." });
    const first = await updated(place, tried(incident));
    expect(first.change).toBe("commented");
    const helped = { ...first.incident, runs: [exampleRun({ outcome: "recovered" })] };
    expect((await updated(place, helped)).change).toBe("updated");
    expect(issueOf(place)).toMatchObject({
      description: "What I found out.",
      comments: [{ body: expect.stringContaining("it helped") }],
    });
  });

  it("goes on writing a description whose last edit was written and never answered", async () => {
    const place = room();
    const incident = await ticketed(place);
    const writes: string[] = [];
    const willWrite = (names: readonly string[]) => void writes.push(...names);
    place.tracker.losesAnswerOf.push("update");
    const attempt = { unknown: false, willWrite };
    await expect(place.ticketing.update(tried(incident), { attempt })).rejects.toMatchObject({
      code: "DW_TRACKER_TIMEOUT",
    });
    const again = { unknown: true, willWrite, mayHaveWritten: writes };
    const outcome = await place.ticketing.update(tried(incident), { attempt: again });
    expect(outcome.change).toBe("unchanged");
    const known = remembering(incident, outcome, place.now());
    const helped = { ...known, runs: [exampleRun({ outcome: "recovered" })] };
    expect((await updated(place, helped)).change).toBe("updated");
    expect(issueOf(place)?.description).toContain("it helped");
    expect(issueOf(place)?.comments).toEqual([]);
  });

  it("leaves a description that a person edited after an edit that was never answered", async () => {
    const place = room();
    const incident = await ticketed(place);
    const writes: string[] = [];
    place.tracker.losesAnswerOf.push("update");
    const attempt = {
      unknown: false,
      willWrite: (names: readonly string[]) => void writes.push(...names),
    };
    await expect(place.ticketing.update(tried(incident), { attempt })).rejects.toMatchObject({
      code: "DW_TRACKER_TIMEOUT",
    });
    place.tracker.people("1", { description: "What I found out." });
    const again = { unknown: true, mayHaveWritten: writes };
    const { change } = await place.ticketing.update(tried(incident), { attempt: again });
    expect(change).toBe("commented");
    expect(issueOf(place)?.description).toBe("What I found out.");
  });

  it("leaves the ticket of an older program as it is, since nobody knows what people edited", async () => {
    const place = room();
    const incident = { ...(await ticketed(place)), written: undefined };
    const { description } = issueOf(place) ?? {};
    expect((await updated(place, tried(incident))).change).toBe("commented");
    expect(issueOf(place)?.description).toBe(description);
  });
});

describe("a tracker that takes no description", () => {
  it("FR-J1: gets the text in one comment, which is kept up to date", async () => {
    const place = room();
    const incident = await ticketed(place);
    place.tracker.people("1", { description: "" });
    place.tracker.refuses = ["description"];
    const { written } = await ticketed(room());
    const bare = { ...incident, written: { summary: written?.summary ?? "", description: "" } };
    const first = await updated(place, bare);
    expect(first.change).toBe("commented");
    await updated(place, tried(bare));
    expect(issueOf(place)).toMatchObject({
      comments: [{ body: expect.stringMatching(/churn-v7[\s\S]*Restarted in 1\.2s\./) }],
    });
  });
});

describe("a severity that rises", () => {
  const rise = { from: "P2", to: "P1" } as const;

  it("changes title, label and priority, and says why in one comment", async () => {
    const place = room();
    const incident = await ticketed(place, { severity: "P2" });
    const worse = { ...incident, severity: "P1" } as const;
    expect((await updated(place, worse, rise)).change).toBe("updated");
    await updated(place, worse, rise);
    expect(issueOf(place)).toMatchObject({ priority: "High", comments: [{ id: "1" }] });
    expect(issueOf(place)?.summary).toMatch(/^\[P1\]/);
    expect(issueOf(place)?.labels).toContain("P1");
    expect(issueOf(place)?.labels).not.toContain("P2");
    expect(issueOf(place)?.comments[0]?.body).toMatch(/Now P1, it was P2.*: churn-v7/);
  });

  it("leaves a title that a person edited, and says so", async () => {
    const place = room();
    const incident = await ticketed(place, { severity: "P2" });
    place.tracker.people("1", { summary: "Churn is odd since Tuesday" });
    await updated(place, { ...incident, severity: "P1" }, rise);
    expect(issueOf(place)).toMatchObject({
      summary: "Churn is odd since Tuesday",
      priority: "High",
      comments: [{ body: expect.stringMatching(/Left as it is:\s+summary\./) }],
    });
  });

  it("FR-J1: says which part the project does not take, and changes the others", async () => {
    const place = room();
    const incident = await ticketed(place, { severity: "P2" });
    place.tracker.refuses = ["priority"];
    await updated(place, { ...incident, severity: "P1" }, rise);
    expect(issueOf(place)).toMatchObject({ priority: "Low" });
    expect(issueOf(place)?.summary).toMatch(/^\[P1\]/);
    expect(issueOf(place)?.comments[0]?.body).toMatch(/Left as it is:\s+priority\./);
  });
});
