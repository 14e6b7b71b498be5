import { describe, expect, it } from "vitest";
import { proposedColumns } from "../../src/source/column-names.ts";

const table = (columns: Readonly<Record<string, string>>) =>
  Object.entries(columns).map(([name, type]) => ({ name, type, builtin: true }));

describe("the columns that are proposed for a source", () => {
  it("are the ones with usual names, whatever their case", () => {
    const there = {
      TS: "timestamp with time zone",
      inserted: "timestamp with time zone",
      model_id: "text",
      Variable: "text",
      note: "text",
      value: "real",
      rank: "integer",
    };
    expect(proposedColumns(table(there))).toEqual({
      timestamp: "TS",
      importance: "value",
      model: "model_id",
      feature: "Variable",
    });
  });

  it("are else the only ones of a fitting type, after the model has its own", () => {
    const there = {
      scored_at: "timestamp without time zone",
      model_id: "text",
      feat: "character varying",
      score: "double precision",
    };
    expect(proposedColumns(table(there))).toEqual({
      timestamp: "scored_at",
      importance: "score",
      model: "model_id",
      feature: "feat",
    });
  });

  it("are none where two columns would do, and no model unless its name says so", () => {
    const there = { at: "date", seen: "date", what: "text", score: "real", rank: "real" };
    expect(proposedColumns(table(there))).toEqual({ feature: "what" });
  });
});
