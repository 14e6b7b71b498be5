import { describe, expect, it } from "vitest";
import { marker } from "../../src/operator/marker.ts";
import { momentHint } from "../../src/operator/moment.ts";
import type { StreamRecord } from "../../src/stream/record.ts";

const nowMs = Date.parse("2026-01-31T12:00:00Z");
const one = { main: { tenant: "acme", environment: "live" } };
const two = { ...one, other: { tenant: "acme", environment: "test" } };

interface Asked {
  readonly model?: string;
  readonly source?: string;
  readonly at?: string;
  readonly sources?: typeof one;
  readonly known?: readonly string[];
}

async function announce({ sources = one, known = [], ...given }: Asked = {}) {
  const records: StreamRecord[] = [];
  const append = async (some: readonly StreamRecord[]) => {
    records.push(...some);
    return 0;
  };
  const stream = { append };
  const asked = marker.arguments.parse({ model: "churn", what: "retrain", ...given });
  const models = async () => known;
  return { answer: await marker.handle(asked, { stream, models, sources, nowMs }), records };
}

describe("the command marker", () => {
  it("appends a record to the only source's model, now unless a time is given", async () => {
    const { answer, records } = await announce();
    const model = "acme/live/main/churn";
    expect(answer).toEqual({ done: true, model, what: "retrain", atMs: nowMs, unchecked: true });
    expect(records).toEqual([
      { kind: "marker", id: expect.any(String), model, at: nowMs * 1000, marker: "retrain" },
    ]);
    const earlier = await announce({ at: "2026-01-30T00:00:00Z" });
    expect(earlier.answer).toMatchObject({ atMs: Date.parse("2026-01-30T00:00:00Z") });
  });

  it.each(["2026-01-31T12:00", "2026-01-31", "2026-02-31T12:00Z", "soon"])(
    "refuses the time %s, and shows the two ways to write one",
    (at) => {
      const { error } = marker.arguments.safeParse({ model: "churn", what: "retrain", at });
      expect(error?.issues).toMatchObject([
        { path: ["at"], message: "is no time with its zone", params: { hint: momentHint } },
      ]);
    },
  );

  it("gives the same id to what is said twice, and another one to another time", async () => {
    const ids = await Promise.all(
      [{}, {}, { at: "2026-01-30T00:00Z" }].map(
        async (given) => (await announce(given)).records[0],
      ),
    );
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).not.toMatchObject({ id: Object(ids[0])["id"] });
  });

  it.each([
    ["does not choose among several sources", {}, "several_sources"],
    ["does not know a source that is not configured", { source: "none" }, "unknown_source"],
  ])("%s: it names them and appends nothing", async (_, given, reason) => {
    const { answer, records } = await announce({ ...given, sources: two });
    expect(answer).toEqual({ done: false, reason, sources: ["main", "other"] });
    expect(records).toEqual([]);
  });

  it("is for the model whose version is named, where the names of a source hold versions", async () => {
    const main = { ...one.main, versioned_names: "{name}-v{version}" };
    const { records } = await announce({ model: "churn-v8", sources: { main }, known: ["churn"] });
    expect(records).toMatchObject([{ model: "acme/live/main/churn" }]);
  });

  it("does not know a model that is not there, once some are known: it names them and appends nothing (FR-B7)", async () => {
    const { answer, records } = await announce({ known: ["fraud"] });
    expect(answer).toEqual({ done: false, reason: "unknown_model", models: ["fraud"] });
    expect(records).toEqual([]);
    const { answer: known } = await announce({ known: ["churn"] });
    expect(known).toMatchObject({ done: true, unchecked: false });
  });

  it("takes the source that is named", async () => {
    const { answer } = await announce({ source: "other", sources: two });
    expect(answer).toMatchObject({ done: true, model: "acme/test/other/churn" });
  });
});
