/** `close`: closes the ticket. While something is broken, it asks for confirmation first. */
import { formatDuration } from "../duration.ts";
import { line, paragraph, words } from "../messages/message.ts";
import { displayName } from "../messages/names.ts";
import { nothing } from "./arguments.ts";
import { command, type DoneInTracker, type IncidentContext } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say, typed } from "./says.ts";

export const close = command({
  words: ["close", "incident close"],
  usage: "",
  help: "close the ticket",
  role: "commander",
  scope: "act",
  asksFirst: "while something is broken",
  fits: ({ state }) => state === "recovered",
  inTracker: closedInTracker,
  arguments: nothing,
  handle: onIncident((_, { incident, actor, confirmed, closedByHandMs }) => {
    const { state, ticket, episode } = incident;
    if (ticket === undefined)
      return refused("no_ticket", line`it has no ticket yet, so there is nothing to close.`);
    if (state === "resolved")
      return refused("nothing_to_do", line`it is over, and its ticket was closed by that.`);
    const name = displayName(episode);
    const forLong = words(formatDuration(closedByHandMs));
    if (state === "open" && !confirmed)
      return {
        status: "asks",
        question: paragraph(
          line`Close ${words(ticket.key)} although ${name} is not back to normal? It stays closed for ${forLong}, then it is opened again.`,
        ),
      };
    const then =
      state === "open"
        ? line`If ${name} is not back to normal in ${forLong}, or something new breaks, it is opened again; ${typed("reopen")} does so at once.`
        : line`What breaks again opens it again.`;
    return {
      status: "done",
      deed: { kind: "close" },
      says: say(line`${actor.name} closed ${words(ticket.key)}. ${then}`),
    };
  }),
});

/**
 * A ticket that a person closes in the tracker stays closed for `closed_by_hand_for`, whatever the role of the person.
 */
function closedInTracker(
  _: string,
  { incident, actor, closedByHandMs }: IncidentContext,
): DoneInTracker | undefined {
  const { state, ticket, episode, closedByHand } = incident;
  if (state !== "open" || ticket === undefined || closedByHand !== undefined) return undefined;
  const key = words(ticket.key);
  const name = displayName(episode);
  const until = line`It stays closed for ${words(formatDuration(closedByHandMs))}, then it is opened again; ${typed("reopen")} does so at once.`;
  const asks = line`Is ${name} as it should be now? Then say ${typed("expected REASON")}.`;
  return {
    deed: { kind: "close", inTracker: true },
    holdsAnyway: true,
    stays: line`${key} is closed in the tracker all the same. ${until}`,
    says: say(
      line`${actor.name} closed ${key} in the tracker although ${name} is not back to normal. ${until} ${asks}`,
    ),
  };
}
