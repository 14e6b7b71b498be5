/** What asking people about an episode changes, apart from the stream. */
import { describe, expect, it } from "vitest";
import { ask } from "../../src/detection/episode/episode.ts";

describe("people", () => {
  it("are asked nothing where no episode is open", () => {
    const said = { at: 5, evidence: [] };
    expect(ask("default/production/main/churn-v7", { episode: null }, said)).toEqual([]);
  });
});
