import { describe, expect, it } from "vitest";
import { decided } from "../../src/detection/partition/decided.ts";
import { episodeOpened } from "../fakes/episodes.ts";

describe("the same decision", () => {
  it("may be told in other words and figures by a later version", () => {
    const opened = episodeOpened();
    const [top] = opened.features;
    const features = [{ ...top!, before: 0.3, after: 0.1, low: 0.2, high: 0.4, span: 10 }];
    const told = { onset: { lastNormal: 1, from: 2 }, changes: [{ at: 1, what: "deploy" }] };
    expect(decided({ ...opened, reason: "fell", features, ...told })).toEqual(decided(opened));
  });

  it("has the same kind, time, score and blame", () => {
    const opened = episodeOpened();
    const [top] = opened.features;
    const others = [{ kind: "leak" }, { at: 1 }, { score: 9 }, { features: [] }] as const;
    for (const other of others)
      expect(decided({ ...opened, ...other })).not.toEqual(decided(opened));
    const features = [{ ...top!, feature: "another" }];
    expect(decided({ ...opened, features })).not.toEqual(decided(opened));
    expect(decided(undefined)).toBeUndefined();
  });
});
