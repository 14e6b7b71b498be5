/** Wraps the handler of a command that needs an incident. Without one, the command is refused with the reason. */
import { line } from "../messages/message.ts";
import type { CommandContext, CommandOutcome, IncidentContext } from "./command.ts";
import { refused } from "./says.ts";

export function onIncident<Asked>(
  handle: (asked: Asked, context: IncidentContext) => CommandOutcome,
): (asked: Asked, context: CommandContext) => CommandOutcome {
  return (asked, context) => {
    const { incident } = context;
    if (incident !== undefined) return handle(asked, { ...context, incident });
    return refused(
      "no_incident",
      line`it is said of an incident. Say it on its ticket, or with its number on the command line.`,
    );
  };
}
