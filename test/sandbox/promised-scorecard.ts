/** The scorecard of a demo that ends as its story promises. */
import type { Scorecard } from "../../src/sandbox/story/scorecard.ts";

export const asPromised: Scorecard = {
  injected: 5,
  detected: 5,
  missed: 0,
  false_tickets: 0,
  harmless: 2,
  harmless_silent: 2,
  runs: 3,
  restarts: 5,
  down_at_once: 1,
  outcomes_told: 3,
  refused: 3,
  asked: 8,
  answered: 8,
  reopened: 1,
  delay_points: 1,
};
