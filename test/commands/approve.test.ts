/** What `approve` says of a freeze that will hold the run back, and of what nobody has seen. */
import { describe, expect, it } from "vitest";
import { openIncident } from "../fakes/episodes.ts";
import { freezeOf } from "../fakes/freezes.ts";
import { proposalOf, waitingRun } from "../fakes/proposals.ts";
import { answer, asks, now } from "./asking.ts";

const hint = "A freeze holds it back, so this approval does not act: black friday by sarah until";

describe("approve, while a freeze is declared", () => {
  const proposal = proposalOf("KRTV", { service: "feature-store" });
  const incident = openIncident({ runs: [waitingRun("KRTV", { proposal })] });
  const said = (changes: Parameters<typeof freezeOf>[0]): string =>
    answer("dw approve KRTV", { incident, freezes: [freezeOf(changes)] }).replaceAll("\n", " ");

  it.each(["feature-store", "feature-store-1"])(
    "says that it holds the run back, where it names %s: the compose service or the container",
    (name) => {
      expect(said({ matchers: { services: [name] } })).toContain(hint);
    },
  );

  it("says nothing of one that names another service, or has not begun", () => {
    expect(said({ matchers: { services: ["web"] } })).not.toContain("freeze");
    expect(said({ declaredAtMs: now, atMs: now + 60_000 })).not.toContain("freeze");
  });
});

describe("approve without letters, of a proposal that was made after it was said", () => {
  const proposal = proposalOf("KRTV", { madeAtMs: now });
  const incident = openIncident({ runs: [waitingRun("KRTV", { proposal })] });

  it("approves nothing, and says why", () => {
    expect(asks("dw approve", { incident, saidAtMs: now - 1 })).toMatchObject({ code: "unseen" });
    const said = answer("dw approve", { incident, saidAtMs: now - 1 }).replaceAll("\n", " ");
    expect(said).toContain("KRTV was proposed after this was said");
    expect(said).toContain("dw approve KRTV");
  });

  it("approves what was there when it was said, and what is named by its letters", () => {
    expect(asks("dw approve", { incident, saidAtMs: now })).toMatchObject({ status: "done" });
    const named = asks("dw approve KRTV", { incident, saidAtMs: now - 1 });
    expect(named).toMatchObject({ status: "done", deed: { kind: "approve", proposal: "KRTV" } });
  });
});

const replica = (name: string, digit: string) => ({ name, id: digit.repeat(64), snapshot: {} });

describe("approve says what the approval is bound to", () => {
  const { act } = proposalOf("KRTV");
  const replicas = [replica("api-1", "b"), replica("api-2", "c")];
  it.each([
    ["one target", act, "restart-container on feature-store-1, id aaaaaaaaaaaa. It acts once"],
    [
      "replicas",
      { ...act, name: "api", replicas },
      "restart-container on 2 replicas of api: api-1 (bbbbbbbbbbbb), api-2 (cccccccccccc). It acts once",
    ],
  ])("%s, with ids as `docker ps` shows them", (_what, bound, text) => {
    const incident = openIncident({
      runs: [waitingRun("KRTV", { proposal: proposalOf("KRTV", { act: bound }) })],
    });
    expect(answer("dw approve KRTV", { incident }).replaceAll("\n", " ")).toContain(text);
  });
});
