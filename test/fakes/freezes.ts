/** A freeze that holds everything back. */
import type { Freeze } from "../../src/incidents/freeze.ts";

export function freezeOf(changes: Partial<Freeze> = {}): Freeze {
  return {
    id: "cli:1",
    name: "black friday",
    reason: "code freeze",
    by: "sarah",
    atMs: 0,
    declaredAtMs: changes.atMs ?? 0,
    untilMs: Date.UTC(2099, 0),
    matchers: {},
    endedAtMs: null,
    endedBy: null,
    ...changes,
  };
}
