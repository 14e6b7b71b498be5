import { describe, expect, it } from "vitest";
import type { BlamedFeature, EpisodeKind } from "../../src/detection/event.ts";
import { severityOf, worse } from "../../src/incidents/severity.ts";
import { episodeOpened, serviceEpisode } from "../fakes/episodes.ts";
import { exampleFeature } from "../tickets/example-incident.ts";

type Changes = Parameters<typeof episodeOpened>[0];

const severity = (changes: Changes) => severityOf(episodeOpened({ score: 4, ...changes }));

const moved = (before: number | undefined, after: number | undefined): BlamedFeature[] => [
  exampleFeature({ before, after }),
];

describe("the severity of an episode (FR-D3)", () => {
  it("is P1 where a feature that the model leans on moved far, in a model that is known", () => {
    expect(severity({ features: moved(0.31, 0.05) })).toBe("P1");
    expect(severity({ features: moved(0.02, 0.3) })).toBe("P1");
  });

  it("is P2 where the feature is a detail of the model", () => {
    expect(severity({ features: moved(0.09, 0) })).toBe("P2");
  });

  it("is P2 where the model leans on the feature and it hardly moved", () => {
    expect(severity({ features: moved(0.38, 0.42) })).toBe("P2");
  });

  it("is P2 near the alarm line, where findings may be chance", () => {
    expect(severity({ score: 1.32, features: moved(0.31, 0.05) })).toBe("P2");
    expect(severity({ score: 2, features: moved(0.31, 0.05) })).toBe("P1");
  });

  it("is P2 where it was beyond the line only once, unless a mean over several was", () => {
    const once = { lastNormal: 1, from: 2, crossed: 1, of: 3 };
    const features = moved(0.31, 0.05);
    expect(severity({ features, onset: once })).toBe("P2");
    expect(severity({ features, onset: { ...once, crossed: 2 } })).toBe("P1");
    const [mean] = features.map((feature) => ({ ...feature, span: 10 }));
    expect(severity({ features: [mean!], onset: once })).toBe("P1");
  });

  it("is P2 on a fast model's first day, and on a slow one's first weeks", () => {
    const features = moved(0.31, 0.05);
    const minutes = { cadence: 600_000_000, features };
    expect(severity({ ...minutes, learned: 75 })).toBe("P2");
    expect(severity({ ...minutes, learned: 144 })).toBe("P1");
    const days = { cadence: 86_400_000_000, features, learned: 17 };
    expect(severity({ ...days, warmUp: "provisional" })).toBe("P2");
    expect(severity(days)).toBe("P1");
    expect(severity({ features, cadence: undefined })).toBe("P2");
  });

  it.each<EpisodeKind>(["leak", "silent"])("is P1 for a %s, however little is known", (kind) => {
    const least = { score: 1, learned: 0, cadence: undefined, warmUp: "1/14", features: [] };
    expect(severity({ kind, ...least })).toBe("P1");
  });

  it.each<EpisodeKind>(["frozen", "second_exporter"])(
    "is P2 for %s, since the exporter is ill and not the model",
    (kind) => {
      expect(severity({ kind, features: [] })).toBe("P2");
    },
  );

  it.each<EpisodeKind>(["feature_missing", "bad_values"])(
    "is P1 for %s where a fifth of the model is concerned, also in many small features",
    (kind) => {
      const small = Array.from({ length: 5 }, () => moved(0.05, undefined)).flat();
      expect(severity({ kind, score: 1, features: small })).toBe("P1");
      expect(severity({ kind, score: 1, features: small.slice(2) })).toBe("P2");
    },
  );

  it("is P1 for a new feature that the model leans on at once", () => {
    expect(severity({ kind: "new_feature", score: 1, features: moved(undefined, 0.4) })).toBe("P1");
    expect(severity({ kind: "new_feature", score: 1, features: moved(undefined, 0.04) })).toBe(
      "P2",
    );
  });

  it("of a service is what whoever saw it says", () => {
    expect(severityOf(serviceEpisode({ severity: "P0" }))).toBe("P0");
  });

  it("is never P0 by itself", () => {
    expect(severity({ kind: "leak", score: 1e9, features: moved(0, 1) })).toBe("P1");
  });

  it("rises to the worse of two", () => {
    expect([worse("P2", "P1"), worse("P0", "P1")]).toEqual(["P1", "P0"]);
  });
});
