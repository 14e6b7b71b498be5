/**
 * Looks up the state of many tickets with few requests: a search for all, then reads of single tickets that it does
 * not show as open.
 */
import { isUnavailable } from "../errors.ts";
import { TrackerError } from "./errors.ts";
import type { Tracker } from "./tracker.ts";

export type TicketFate = "open" | "closed" | "wont_fix" | "gone";

/** At most this many tickets are read one by one in a look. The others have their turn at the next looks. */
export const askedSingly = 8;

export interface TicketLook {
  /** @param ids of tickets that should be open. @returns what became of those that the search does not show as open */
  (ids: readonly string[]): Promise<ReadonlyMap<string, TicketFate>>;
}

/** @param label that all tickets of ours have */
export function createTicketLook(tracker: Tracker, label: string): TicketLook {
  /** Number of the read in which each was last read singly. The lowest comes first. */
  const turns = new Map<string, number>();
  let turn = 0;
  return async (ids) => {
    const open = await tracker.openIds(label).catch((error: unknown) => {
      // A server that does not know the search is asked for one ticket after another.
      if (!(error instanceof TrackerError) || isUnavailable(error)) throw error;
      return new Set<string>();
    });
    const missing = ids.filter((id) => !open.has(id));
    for (const id of turns.keys()) if (!missing.includes(id)) turns.delete(id);
    const asked = missing
      .toSorted((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0))
      .slice(0, askedSingly);
    const fates = new Map<string, TicketFate>();
    for (const id of asked) {
      turns.set(id, ++turn);
      fates.set(id, fateOf(await tracker.get(id)));
    }
    return fates;
  };
}

function fateOf(issue: Awaited<ReturnType<Tracker["get"]>>): TicketFate {
  if (issue === undefined) return "gone";
  if (!issue.done) return "open";
  return issue.wontFix ? "wont_fix" : "closed";
}
