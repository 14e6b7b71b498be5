/** How `restart` finds the fix and the incident that a person means, and what it refuses. */
import { describe, expect, it } from "vitest";
import type { SeenFix } from "../../src/incidents/wish.ts";
import { openIncident } from "../fakes/episodes.ts";
import { answer, asks } from "./asking.ts";

const fixOf = (name: string, changes: Partial<SeenFix> = {}): SeenFix => ({
  name,
  remediation: "restart-container",
  mode: "approve",
  called: [],
  isFor: () => true,
  targets: undefined,
  health: undefined,
  problem: undefined,
  ...changes,
});

const fixes = [
  fixOf("restart-svc", { called: ["feature-store"] }),
  fixOf("restart-web", { targets: ["web-prod-1"] }),
  fixOf("old", { mode: "off" }),
];

describe("restart (B15, B16)", () => {
  it.each([
    ["dw restart restart-svc", "restart-svc", false],
    ["dw restart Feature-Store", "restart-svc", false],
    ["/restart web-prod-1", "restart-web", false],
    ["dw restart feature-store full", "restart-svc", false],
    ["dw restart feature-store rolling", "restart-svc", false],
    ["dw restart feature-store dry-run", "restart-svc", true],
    ["dw restart feature-store full --dry-run", "restart-svc", true],
    ["dw fixes run restart-web --dry-run", "restart-web", true],
  ])("%s asks for a run of %s (dry: %s)", (said, fix, dry) => {
    expect(asks(said, { fixes })).toMatchObject({ status: "wishes", fix, dry });
  });

  it.each([
    [
      "dw restart feature-stor",
      "no configured fix acts on feature-stor. Did you mean dw restart feature-store? Configured: restart-svc (feature-store), restart-web, old. Nothing was changed.",
    ],
    ["dw restart old", "the fix old is switched off (its mode). Nothing was changed."],
    [
      "dw restart feature-store now please",
      "the name of a fix, a container or a compose service is expected. It is said as dw restart SERVICE [full] [dry-run]. Nothing was changed.",
    ],
    [
      "dw restart",
      "the name of a fix, a container or a compose service is expected. It is said as dw restart SERVICE [full] [dry-run]. Nothing was changed.",
    ],
  ])("%s is refused", (said, wanted) => {
    expect(answer(said, { fixes }).replaceAll("\n", " ")).toBe(`Not done: ${wanted}`);
  });

  it("names every fix that acts on the same service, and runs none of them", () => {
    const two = [fixOf("a", { called: ["web"] }), fixOf("b", { called: ["web"] })];
    expect(answer("dw restart web", { fixes: two }).replaceAll("\n", " ")).toBe(
      "Not done: several fixes act on web: a or b. Say which one. Nothing was changed.",
    );
  });

  it("does not take a name that several containers match for the name of the service", () => {
    const several = [fixOf("a", { targets: ["web-1", "web-2"] })];
    expect(answer("dw restart web-1", { fixes: several })).toContain("no configured fix acts on");
  });

  it("says why containers could not be asked for", () => {
    const away = [fixOf("a", { problem: "no answer within 4 s" })];
    expect(answer("dw restart web-1", { fixes: away }).replaceAll("\n", " ")).toContain(
      "Containers could not be asked for: no answer within 4 s.",
    );
    expect(answer("dw restart web-1")).toContain("no fix is configured");
  });

  it("finds the one open incident that calls for the fix, and asks for a number otherwise", () => {
    const open = [openIncident({ number: 7 }), openIncident({ number: 9 })];
    const without = { incident: undefined, open };
    const isFor = (number: number) => fixOf("svc", { isFor: (one) => one.number === number });
    expect(asks("dw restart svc", { ...without, fixes: [isFor(9)] })).toEqual({
      status: "about",
      incident: 9,
    });
    expect(answer("restart svc", { ...without, fixes: [isFor(3)] }).replaceAll("\n", " ")).toBe(
      "Not done: no open incident calls for svc, and a run stands on one: there it is answered and verified. Say it on its ticket, or with its number on the command line. Nothing was changed.",
    );
    expect(answer("restart svc", { ...without, fixes: [fixOf("svc")] })).toContain(
      "several open incidents call for svc (7 or 9)",
    );
  });

  it("is refused once it is back to normal", () => {
    const incident = openIncident({ state: "recovered" });
    expect(answer("dw restart restart-svc", { incident, fixes })).toContain("is back to normal");
  });
});
