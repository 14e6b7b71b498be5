/** `reopen`: opens a closed ticket again. */
import { line, words } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say, typed } from "./says.ts";

export const reopen = command({
  words: ["reopen"],
  usage: "",
  help: "open the ticket again",
  role: "known",
  scope: "act",
  fits: ({ state, closedByHand }) => state === "resolved" || closedByHand !== undefined,
  inTracker: (_, { incident: { state, closedByHand } }) =>
    state === "open" && closedByHand === undefined
      ? undefined
      : {
          deed: { kind: "reopen", inTracker: true },
          stays: line`The ticket stays open in the tracker.`,
        },
  arguments: nothing,
  handle: onIncident((_, { incident, actor }) => {
    const { ticket, state } = incident;
    if (ticket === undefined)
      return refused("no_ticket", line`it has no ticket, so there is nothing to open.`);
    const then =
      state === "open"
        ? line`It is closed by itself when all of it is back to normal.`
        : line`Nothing is broken now, so it stays open until somebody says ${typed("close")} or closes it.`;
    return {
      status: "done",
      deed: { kind: "reopen" },
      says: say(line`${actor.name} opens ${words(ticket.key)} again. ${then}`),
    };
  }),
});
