/** What a ticket says of values that are means over predictions. */
import { describe, expect, it } from "vitest";
import { reasons } from "../../src/messages/episode-text.ts";
import { episodeOpened } from "../fakes/episodes.ts";

const at = Date.UTC(2026, 0, 5, 14) * 1000;
const textOf = (more: object): string =>
  JSON.stringify(reasons({ ...episodeOpened({}), at, ...more }));

describe("an episode of a model whose predictions are averaged", () => {
  it("says over which time each value is a mean, and from when", () => {
    expect(textOf({ predictionWindowUs: 3_600_000_000 })).toMatch(
      /Each is the mean of \|importance\| over 1 h of predictions, the newest from [^.]*14:00/,
    );
  });

  it("says no such thing where each row is an importance", () => {
    expect(textOf({})).not.toContain("predictions");
  });
});
