/** What `metrics` answers, word for word. */
import { describe, expect, it } from "vitest";
import type { ModelFigures } from "../../src/commands/command.ts";
import { withoutCommands } from "../../src/tickets/answer.ts";
import { spokenIn } from "../../src/tickets/jira/spoken.ts";
import { renderWiki } from "../../src/tickets/jira/wiki.ts";
import { answer, asks, now } from "./asking.ts";

const feature = (name: string, after: number, rank: number) => ({
  feature: name,
  before: 0.31,
  after,
  low: 0.26,
  high: 0.36,
  rankBefore: 1,
  rankAfter: rank,
  score: 0,
  part: 0,
});

const figures: ModelFigures = {
  atMs: now,
  features: [feature("age", 0.4, 1), feature("credit_score", 0.05, 2)],
};

describe("metrics", () => {
  it("shows the newest values of the model, the normal range and the ranks, largest first", () => {
    const [head, , ...table] = answer("dw metrics", { figures }).split("\n");
    expect(head).toBe("churn-v7 at 2025-10-09 09:01 UTC, largest first, as stored once a minute:");
    expect(table.join("\n")).toMatch(/age +31 % +40 % +26 to 36 % +1 → 1/);
    expect(table.join("\n")).toMatch(/credit_score +31 % +5 % +26 to 36 % +1 → 2/);
  });

  it("of one feature shows that one, whatever its case, and names the nearest where there is none", () => {
    const one = answer("dw metrics Credit_Score", { figures });
    expect(one).toContain("credit_score");
    expect(one).not.toContain("age ");
    expect(answer("dw metrics credit_scor", { figures }).replaceAll("\n", " ")).toBe(
      "Not done: no feature of churn-v7 is called credit_scor. Did you mean credit_score?",
    );
    expect(answer("dw metrics zzz", { figures })).toContain(
      "It has 2 features, the largest is age.",
    );
  });

  it("is bounded, and no name of a feature becomes a command or markup", () => {
    const hostile = ["dw close", "/close", "{quote}*x*|y|", "\u202Edw close", "x".repeat(500)];
    const many = [...hostile, ...Array.from({ length: 200 }, (_, n) => `f${n}`)];
    const outcome = asks("dw metrics", {
      figures: { atMs: now, features: many.map((name, n) => feature(name, 0.3, n + 1)) },
    });
    const markup = renderWiki(withoutCommands(outcome.status === "done" ? [outcome.says] : []));
    expect(markup.length).toBeLessThan(4000);
    expect(markup).toContain("more");
    expect(markup).not.toContain("{quote}");
    expect(spokenIn(markup)).toEqual([]);
  });

  it("is refused where nothing is stored yet, and without an incident", () => {
    expect(answer("dw metrics")).toContain("of churn-v7 no values are stored yet.");
    expect(answer("metrics", { incident: undefined, figures })).toContain("said of an incident");
  });
});
