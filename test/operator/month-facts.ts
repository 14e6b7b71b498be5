/** Facts of a month for tests: November 2026, seen from its 27th day. */
import type { MonthFacts } from "../../src/operator/month-facts.ts";
import type { FoundIncident } from "../../src/store/month/found.ts";

export const november = {
  startMs: Date.UTC(2026, 10, 1),
  endMs: Date.UTC(2026, 11, 1),
} as const;
const nowMs = Date.UTC(2026, 10, 27);

export const emptyMonth: MonthFacts = {
  range: november,
  incidents: [],
  acts: [],
  decisions: [],
  words: [],
  blind: [],
  reach: {
    journalFromMs: Date.UTC(2026, 0, 1),
    pruned: false,
    watchedFromMs: Date.UTC(2026, 0, 1),
    seenAtMs: nowMs,
    nowMs,
  },
};

export function found(change: Partial<FoundIncident> = {}): FoundIncident {
  const openedAtMs = november.startMs + 3_600_000;
  return {
    number: 1,
    subject: "t/e/main/churn-v7",
    openedAtMs,
    resolvedAtMs: openedAtMs + 7_200_000,
    verdict: null,
    ticket: "IR-1",
    mails: 3,
    beganAtMs: openedAtMs - 60_000,
    toldAtMs: openedAtMs + 50_000,
    answeredAtMs: openedAtMs + 590_000,
    ...change,
  };
}
