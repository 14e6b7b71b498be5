import { describe, expect, it } from "vitest";
import { parseTicketBudget } from "../../src/cli/ticket-budget.ts";

describe("a ticket budget", () => {
  it.each([
    ["2 tickets/week", 2],
    ["1 ticket/week", 1],
    ["1/day", 7],
    ["0.5 per week", 0.5],
    ["30 tickets a month", 7],
    ["0 tickets/week", 0],
  ])("%s is %d tickets a week", (text, budget) => {
    expect(parseTicketBudget(text)).toBe(budget);
  });

  it.each(["", "two/week", "2", "2 tickets", "-1/week", "2/year"])("%j is none", (text) => {
    expect(parseTicketBudget(text)).toBeUndefined();
  });
});
