import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { Incident } from "../../../src/incidents/incident.ts";
import { EffectLease } from "../../../src/outbox/effect-lease.ts";
import type { Queryable } from "../../../src/store/query.ts";
import type { TicketAttempt } from "../../../src/tickets/creation.ts";
import { createPicturing, type MadePicture } from "../../../src/tickets/picture/picturing.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { goodPermit } from "../../fakes/permit.ts";
import { exampleIncident } from "../example-incident.ts";
import { FakeTracker } from "../fake-tracker.ts";

const made: MadePicture = { png: Buffer.from("picture"), lines: ["a  ▇▁  31 % → 4.9 %"] };
const first: TicketAttempt = { unknown: false, mayAct: goodPermit };
const again: TicketAttempt = { unknown: true, sinceActMs: 60_000, mayAct: goodPermit };
const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };

function scene(make: () => Promise<MadePicture | undefined> = async () => made) {
  const tracker = new FakeTracker();
  const logged: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void logged.push(line) });
  const picturing = createPicturing({ tracker, logger, make });
  const picture = (about: Incident, attempt: TicketAttempt) =>
    picturing(about, attempt, "episode-1");
  return { tracker, logged, picture };
}

/** The lease of a first attempt, in a store that takes everything. */
function leased() {
  const effect = { kind: "ticket.picture", episode: "e1" };
  const held = { id: "x", incident: "i", effect, orderKey: "picture", dueAtMs: 0, timer: false };
  const taken = { ...held, owner: "me", attempt: 1, failures: 0, intent: null, lastError: null };
  const store: Queryable = {
    query: async <Row>() => {
      const rows: Row[] = [];
      rows.length = 1;
      return rows;
    },
  };
  return new EffectLease(store, taken, { clock: fakeClock() });
}

const incident = (change: Partial<Incident> = {}): Incident =>
  exampleIncident({}, { ticket, ...change });

const names = ({ attached }: FakeTracker): readonly string[] => attached.map(({ name }) => name);

describe("the picture of a ticket", () => {
  it("is attached once, and the incident remembers the name of its file", async () => {
    const { tracker, picture } = scene();
    const events = await picture(incident(), first);
    const [file] = names(tracker);
    expect(file).toMatch(/^driftwarden-12-[\da-f]{8}\.png$/);
    expect(events).toEqual([{ type: "ticket_pictured", ticket: "1", shows: { file } }]);
    expect(tracker.attached[0]?.bytes).toEqual(made.png);
  });

  it("is attached once although the answer was lost: what is there is looked at by name first", async () => {
    const { tracker, picture } = scene();
    tracker.losesAnswerOf.push("attach");
    await expect(picture(incident(), first)).rejects.toMatchObject({ maybeApplied: true });
    const [file] = names(tracker);
    expect(await picture(incident(), again)).toMatchObject([{ shows: { file } }]);
    expect(names(tracker)).toEqual([file]);
  });

  it("keeps the names that stand beside it, also where an answer was lost", async () => {
    const lacking = { ...made, names: ["信用評分"] };
    const says = [{ shows: { names: lacking.names } }];
    const { tracker, picture } = scene(async () => lacking);
    expect(await picture(incident(), first)).toMatchObject(says);
    const other = scene(async () => lacking);
    other.tracker.losesAnswerOf.push("attach");
    await expect(other.picture(incident(), first)).rejects.toMatchObject({ maybeApplied: true });
    expect(await other.picture(incident(), again)).toMatchObject(says);
    expect(tracker.writes).toBe(other.tracker.writes);
  });

  it("is found again although another episode has opened since it was promised", async () => {
    const { tracker, picture } = scene();
    tracker.losesAnswerOf.push("attach");
    await expect(picture(incident(), first)).rejects.toMatchObject({ maybeApplied: true });
    const [file] = names(tracker);
    const { episode } = incident();
    const since = incident({ episode: { ...episode, id: "episode-2" } });
    expect(await picture(since, again)).toMatchObject([{ shows: { file } }]);
    expect(names(tracker)).toEqual([file]);
  });

  it("is attached once although the tracker was away before it could be listed", async () => {
    const { tracker, picture } = scene();
    const lease = leased();
    const mayAct = async () => {
      const permit = await lease.mayAct();
      tracker.away = true;
      return permit;
    };
    const willWrite = (written: readonly string[]) => lease.willWrite(written);
    await expect(picture(incident(), { unknown: false, mayAct, willWrite })).rejects.toMatchObject({
      maybeApplied: false,
    });
    tracker.away = false;
    const { writes } = tracker;
    const unknown = lease.intentWithoutAct !== null;
    expect(await picture(incident(), { unknown, mayAct: goodPermit })).toHaveLength(1);
    expect(tracker.writes).toBe(writes);
  });

  it("waits while a request without an answer may still be carried out", async () => {
    const { tracker, picture } = scene();
    const soon = picture(incident(), { ...again, sinceActMs: 4_000 });
    await expect(soon).rejects.toMatchObject({
      code: "DW_TRACKER_OUTCOME_UNKNOWN",
      retryAfterMs: 6_000,
    });
    expect(names(tracker)).toEqual([]);
  });

  it("is one although a proxy sent the request twice: the first one stays", async () => {
    const { tracker, picture } = scene();
    tracker.doubling = true;
    const events = await picture(incident(), first);
    const [file] = names(tracker);
    expect(names(tracker)).toEqual([file]);
    expect(events).toMatchObject([{ shows: { file } }]);
  });

  it("is lines of text where the tracker takes no files, and the log says so once", async () => {
    const { tracker, logged, picture } = scene();
    tracker.takesFiles = false;
    const events = await picture(incident(), first);
    expect(events).toEqual([
      { type: "ticket_pictured", ticket: "1", shows: { lines: made.lines } },
    ]);
    await picture(incident({ id: "incident-2" }), first);
    expect(logged.filter((line) => line.includes("takes no pictures"))).toHaveLength(1);
  });

  it("is lines of text where it could not be drawn", async () => {
    const { tracker, picture } = scene(async () => ({ ...made, png: undefined }));
    expect(await picture(incident(), first)).toMatchObject([{ shows: { lines: made.lines } }]);
    expect(names(tracker)).toEqual([]);
  });

  it("is lines of text where its mail would be one too many", async () => {
    const { tracker, picture } = scene();
    const mails = { sent: 4, said: ["question", "result", "worse"] as const };
    expect(await picture(incident({ mails }), first)).toMatchObject([
      { shows: { lines: made.lines } },
    ]);
    expect(names(tracker)).toEqual([]);
  });

  it.each<[string, Partial<Incident>]>([
    ["is over", { state: "resolved" }],
    ["became part of another", { partOf: "incident-0" }],
  ])("is left out for what %s", async (_what, change) => {
    const { tracker, picture } = scene();
    expect(await picture(incident(change), first)).toEqual([]);
    expect(tracker.calls).toBe(0);
  });

  it("is left out where nothing was observed", async () => {
    const { tracker, picture } = scene(async () => undefined);
    expect(await picture(incident(), first)).toEqual([]);
    expect(tracker.calls).toBe(0);
  });

  it("waits for another one that is being made, and asks nobody meanwhile", async () => {
    const waiting: ((value: MadePicture) => void)[] = [];
    const slow = new Promise<MadePicture>((resolve) => {
      waiting.push(resolve);
    });
    const { tracker, picture } = scene(() => slow);
    const one = picture(incident(), first);
    expect(await picture(incident({ id: "incident-2" }), first)).toMatchObject({
      notYet: "another picture is made",
      contacted: false,
    });
    expect(tracker.calls).toBe(0);
    for (const finish of waiting) finish(made);
    await one;
    expect(await picture(incident({ id: "incident-2" }), first)).toHaveLength(1);
  });
});
