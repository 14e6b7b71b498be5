/** Treats a change that a person made in the tracker as the corresponding command. The change stays in any case. */
import type { Command, CommandContext, CommandOutcome, DoneInTracker } from "./command.ts";
import { type CommandRefusal, say } from "./says.ts";

interface TakenFrom {
  readonly context: CommandContext;
  /** Id of the changed ticket. */
  readonly ticket: string;
  /** Why the person may not give the command; undefined when they may. */
  readonly refusal: CommandRefusal | undefined;
}

/** Refusals that are answered. An unknown person, or one without the right yet, gets no answer. */
const told: ReadonlySet<string> = new Set(["role", "scope"]);
const nothingFollows: CommandRefusal = { status: "refused", code: "nothing_to_do" };

export function takenFromTracker(
  command: Command,
  text: string,
  { context, ticket, refusal }: TakenFrom,
): Exclude<CommandOutcome, { status: "confirms" | "about" | "wishes" }> {
  const { incident } = context;
  // Another ticket may have replaced this one.
  const isOurs = incident?.ticket?.id === ticket;
  const done = isOurs ? command.inTracker?.(text, { ...context, incident }) : undefined;
  if (done === undefined) return nothingFollows;
  return refusal === undefined
    ? { status: "done", deed: done.deed, says: done.says ?? [] }
    : refusedButStays(refusal, done);
}

function refusedButStays(
  refusal: CommandRefusal,
  { deed, stays, holdsAnyway }: DoneInTracker,
): CommandRefusal {
  if (!told.has(refusal.code)) return { status: "refused", code: refusal.code };
  return {
    ...refusal,
    goesOn: say(stays),
    ...(holdsAnyway === true && { deed }),
  };
}
