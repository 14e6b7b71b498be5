import { describe, expect, it } from "vitest";
import { type DecisionEvent, wrongEpisodes } from "./decisions-oracle.ts";

const opened = (id: string, model = "m"): DecisionEvent => ({ type: "episode_opened", id, model });
const closed = (episode: string, model = "m"): DecisionEvent => ({
  type: "episode_closed",
  id: `end of ${episode}`,
  model,
  episode,
});

describe("the episodes that a group of two versions stored", () => {
  it.each([
    ["one after the other", [opened("a"), closed("a"), opened("b")]],
    ["of several models", [opened("a"), opened("b", "n"), closed("a"), closed("b", "n")]],
    ["that were stored in any order", [closed("a"), opened("a")]],
  ])("%s are right", (_which, events) => {
    expect(wrongEpisodes(events)).toEqual([]);
  });

  it.each([
    ["closed twice", [opened("a"), closed("a"), closed("a")], "end of a closes a, which is not"],
    ["closed and never opened", [closed("a")], "end of a closes a, which is not open"],
    ["open beside another", [opened("a"), opened("b")], "m has two open episodes"],
  ])("%s are wrong", (_which, events, text) => {
    expect(wrongEpisodes(events)).toEqual([expect.stringContaining(text)]);
  });
});
