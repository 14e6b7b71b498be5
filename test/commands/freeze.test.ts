/** What `freeze` and `unfreeze` answer, and where `status` shows a freeze. */
import { describe, expect, it } from "vitest";
import { freezeOf } from "../fakes/freezes.ts";
import { answer, asks, contextOf, now } from "./asking.ts";

const hour = 3_600_000;
const said = (line: string, changes: Parameters<typeof answer>[1] = {}): string =>
  answer(line, changes).replaceAll("\n", " ");

describe("freeze", () => {
  it("says what is held back, what goes on, and how it is undone", () => {
    expect(said("dw freeze 2h the exporter is replaced")).toBe(
      "No fix runs until 11:01 UTC: the freeze freeze-1 by sarah holds back everything, on every incident. Detection and tickets go on, and so does what acts already. A run that is approved meanwhile does not act. At the end, what is still broken is asked for again. Undo: dw unfreeze freeze-1.",
    );
    expect(asks("dw freeze 2h the exporter is replaced")).toMatchObject({
      status: "done",
      freezing: {
        kind: "freeze",
        freeze: {
          id: "ticket:7#0",
          name: "freeze-1",
          by: "sarah",
          reason: "the exporter is replaced",
          atMs: now,
          declaredAtMs: now,
          untilMs: now + 2 * hour,
          matchers: {},
        },
      },
    });
  });

  it("needs no incident", () => {
    expect(asks("freeze 2h deploy", { incident: undefined })).toMatchObject({ status: "done" });
  });

  it.each([
    ['"black friday" 2h sale', "black friday", now + 2 * hour],
    ["“black friday” until 2025-10-09T12:00Z sale", "black friday", Date.UTC(2025, 9, 9, 12)],
    ["until 2025-10-09T12:00+02:00 sale", "freeze-1", Date.UTC(2025, 9, 9, 10)],
    ["1d 2h sale", "freeze-1", now + 26 * hour],
  ])("reads %s", (text, name, untilMs) => {
    const freeze = { name, untilMs, reason: "sale" };
    expect(asks(`dw freeze ${text}`)).toMatchObject({ freezing: { freeze } });
  });

  it.each([
    "",
    "forever",
    "the sale",
    "until tomorrow sale",
    "until 2025-10-09T12:00 sale",
    "until 2025-02-30T12:00Z sale",
  ])("of %j is refused, and says what is expected", (text) => {
    expect(said(`dw freeze ${text}`)).toBe(
      "Not done: a time from 1m to 7d is expected, then the reason: 2h deploy, or until 2026-11-30T08:00Z deploy. Every freeze ends. Nothing was changed.",
    );
  });

  it.each([
    ["400d sale", "A freeze lasts from 1m to 7d."],
    ["until 2025-10-09T08:00Z sale", "The end of the freeze has passed."],
    ["2h", "The reason of the freeze is missing."],
    ['"" 2h sale', "The name of the freeze is missing."],
  ])("of %j is refused with the reason", (text, problem) => {
    expect(said(`dw freeze ${text}`)).toContain(`Not done: ${problem}`);
  });

  it("of a name that holds already is refused, and says until when", () => {
    const freezes = [freezeOf({ name: "sale", by: "tom" })];
    expect(asks('dw freeze "sale" 2h sale', { freezes })).toMatchObject({ code: "taken_name" });
    expect(said('dw freeze "sale" 2h sale', { freezes })).toContain(
      'The freeze "sale" by tom holds',
    );
  });
});

describe("unfreeze", () => {
  it("ends the one that is named, and says what holds still", () => {
    const freezes = [freezeOf({ by: "tom" }), freezeOf({ name: "freeze-1" })];
    expect(said("dw unfreeze Black Friday", { freezes })).toBe(
      "sarah ended the freeze black friday by tom, which would have held until 2099-01-01 00:00 UTC: code freeze. 1 more holds.",
    );
    expect(asks('dw unfreeze "black friday"', { freezes })).toMatchObject({
      freezing: { kind: "unfreeze", freeze: freezes[0], by: "sarah", atMs: now },
    });
  });

  it("without a name ends the one that a person has given on a ticket", () => {
    const freezes = [freezeOf({ name: "freeze-1", by: "tom" })];
    expect(said("dw unfreeze", { freezes })).toContain(
      "Fixes run again as configured, and what waited is asked for again.",
    );
  });

  it("is refused where none holds, and names the nearest where none has the name", () => {
    expect(said("dw unfreeze")).toBe(
      "Not done: No freeze holds, and none is planned. Nothing was changed.",
    );
    expect(said("dw unfreeze black fridy", { freezes: [freezeOf()] })).toContain(
      'Did you mean "black friday"?',
    );
  });

  it("and freeze need the role of responder and the right to act", () => {
    const found = contextOf().commands.filter(({ words }) => words[0].endsWith("freeze"));
    expect(found.map(({ role, scope, holdsRuns }) => [role, scope, holdsRuns])).toEqual([
      ["responder", "act", true],
      ["responder", "act", true],
    ]);
  });
});

describe("status", () => {
  it.each([undefined, contextOf().incident])("shows the freezes that hold", (incident) => {
    const models = { models: ["churn-v7"] };
    const freezes = [freezeOf({ untilMs: now + hour, matchers: models })];
    expect(said("dw status", { incident, freezes })).toContain(
      "A freeze holds fixes back: • black friday by sarah until 10:01 UTC: code freeze (only model churn-v7)",
    );
    expect(said("dw status", { incident })).not.toContain("freeze");
    const planned = freezeOf({ declaredAtMs: now, atMs: now + hour, untilMs: now + 2 * hour });
    expect(said("dw status", { incident, freezes: [planned] })).toContain(
      "A freeze is planned: • black friday by sarah from 10:01 UTC until 11:01 UTC: code freeze",
    );
  });
});
