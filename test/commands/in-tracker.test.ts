/** What follows when a person does in the tracker itself what a command asks for, word for word. */
import { describe, expect, it } from "vitest";
import { askedIn } from "../../src/commands/grammar.ts";
import { takenFromTracker } from "../../src/commands/in-tracker.ts";
import { commandList } from "../../src/commands/index.ts";
import { type CommandRefusal, refusalText } from "../../src/commands/says.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { line } from "../../src/messages/message.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { openIncident } from "../fakes/episodes.ts";
import { contextOf, now, ticket } from "./asking.ts";

const open = openIncident({ ticket, openedAtMs: now - 14 * 60_000 });
const closed = { ...open, closedByHand: { atMs: now, untilMs: now + 1 } };
const toTom = { name: "tom", account: "5b10-tom" };
const forTom: Incident = {
  ...open,
  people: { assignee: toTom, words: [], questions: [], lastAtMs: now },
};

function done(
  said: string,
  { incident = open, code }: { readonly incident?: Incident; readonly code?: string } = {},
) {
  const [asked] = askedIn(said, commandList);
  if (asked?.command === undefined) throw new Error(`${said} is no command`);
  const refusal: CommandRefusal | undefined =
    code === undefined ? undefined : { status: "refused", code, reason: line`x.` };
  const context = contextOf({ incident });
  const outcome = takenFromTracker(asked.command, asked.text, {
    context,
    ticket: ticket.id,
    refusal,
  });
  if (outcome.status === "asks") throw new Error("it was done already");
  const says = outcome.status === "refused" ? refusalText(outcome) : outcome.says;
  if (outcome.status === "done") return { ...outcome, says: plainText([says]) };
  const { reason: _reason, goesOn: _goesOn, ...others } = outcome;
  return { ...others, says: plainText([says]) };
}

const deeds = [
  ["severity P2", open, { kind: "severity", severity: "P2" }],
  ["assign 5b10-tom", open, { kind: "assign", to: toTom, inTracker: true }],
  [
    "assign 5b10-who",
    open,
    { kind: "assign", to: { name: "5b10-who", account: "5b10-who" }, inTracker: true },
  ],
  ["assign nobody", forTom, { kind: "assign", to: null, inTracker: true }],
  ["reopen", closed, { kind: "reopen", inTracker: true }],
  ["reopen", { ...open, state: "resolved" }, { kind: "reopen", inTracker: true }],
] as const;

/** What was done, to which incident, and why nothing follows. */
const vain = [
  ["severity P1", open, "it has the severity"],
  ["assign 5b10-tom", forTom, "it has the assignee"],
  ["assign nobody", open, "nobody had it"],
  ["reopen", open, "it was not known to be closed"],
  ["close", { ...open, state: "recovered" }, "it is well again"],
  ["close", closed, "it was said already"],
  ["close", { ...open, ticket: { ...ticket, id: "7" } }, "another ticket goes on from it"],
  ["status", open, "it cannot be done there"],
] as const;

describe("what is done in the tracker itself", () => {
  it.each(deeds)("is taken without a word, because who did it sees it: %s", (said, ...rest) => {
    const [incident, deed] = rest;
    expect(done(said, { incident })).toEqual({ status: "done", deed, says: "" });
  });

  it.each(vain)("has no consequence and no answer, with or without a role: %s, %j", (...args) => {
    const [said, incident] = args;
    const nothing = { status: "refused", code: "nothing_to_do", says: "" };
    expect(done(said, { incident })).toEqual(nothing);
    expect(done(said, { incident, code: "role" })).toEqual(nothing);
  });

  it("asks when it closes the ticket while something is broken", () => {
    expect(done("close")).toEqual({
      status: "done",
      deed: { kind: "close", inTracker: true },
      says: "sarah closed IR-12 in the tracker although churn-v7 is not back to normal. It stays closed for\n4h, then it is opened again; dw reopen does so at once. Is churn-v7 as it should be now? Then\nsay dw expected REASON.",
    });
  });

  it("is refused with the reason, and what goes on, where the role is lacking", () => {
    expect(done("severity P2", { code: "role" })).toEqual({
      status: "refused",
      code: "role",
      says: "Not done: x.\nThe priority stays as it was set, until the severity changes.",
    });
  });

  it("leaves a closed ticket closed for the usual time, whatever the role", () => {
    expect(done("close", { code: "role" })).toEqual({
      status: "refused",
      code: "role",
      deed: { kind: "close", inTracker: true },
      says: "Not done: x.\nIR-12 is closed in the tracker all the same. It stays closed for 4h, then it is opened again; dw\nreopen does so at once.",
    });
  });

  it.each(["unknown_person", "before_right"])(
    "is not answered where it was no person's right: %s",
    (code) => {
      expect(done("close", { code })).toEqual({ status: "refused", code, says: "" });
    },
  );
});
