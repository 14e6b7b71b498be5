/** Which proposal `deny` means, and where its reason begins. */
import { describe, expect, it } from "vitest";
import type { WaitingProposal } from "../../src/store/runs/proposals.ts";
import { openIncident } from "../fakes/episodes.ts";
import { proposalOf, waitingRun } from "../fakes/proposals.ts";
import { answer, asks } from "./asking.ts";

const elsewhere: WaitingProposal = {
  run: "run-BCDF",
  fix: "restart-svc",
  incident: "inc-e2",
  incidentNumber: 9,
  target: null,
  proposal: proposalOf("BCDF"),
};
const one = {
  incident: openIncident({ runs: [waitingRun("KRTV")] }),
  waiting: [elsewhere, { ...elsewhere, incidentNumber: 7, proposal: proposalOf("KRTV") }],
};
const two = { ...one, incident: openIncident({ runs: [waitingRun("KRTV"), waitingRun("NPST")] }) };

describe("deny", () => {
  it.each([
    "dw deny hmmm it is the exporter",
    "dw deny Pfff",
    "dw deny krtv it is the exporter",
    "dw deny KRTV",
    "dw deny it is the exporter",
    "dw deny",
  ])("%s is a no to the one that waits", (said) => {
    expect(asks(said, one)).toMatchObject({ deed: { kind: "decline", proposal: "KRTV" } });
  });

  it.each([
    ["dw deny HMMM", "nothing that waits here is called HMMM. Nothing was changed."],
    ["dw deny krtz no", "nothing that waits here is called KRTZ. Nothing was changed."],
    ["dw deny bcdg no", "nothing that waits here is called BCDG. Nothing was changed."],
    ["dw deny bcdf no", "BCDF is asked on incident 9, not here. Nothing was changed."],
  ])("%s may mean another one, and denies none", (said, reason) => {
    expect(answer(said, one)).toBe(`Not done: ${reason}`);
  });

  it("asks which one where several wait, whatever the reason begins with", () => {
    const which =
      "Not done: several runs wait here (KRTV or NPST). Say which one. Nothing was changed.";
    expect(answer("dw deny hmmm", two)).toBe(which);
    expect(answer("dw deny it is the exporter", two)).toBe(which);
  });
});

describe("approve", () => {
  it("takes no letters for the beginning of a reason", () => {
    expect(answer("dw approve hmmm", one)).toContain("nothing that waits here is called HMMM");
  });
});
