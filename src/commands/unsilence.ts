/** `unsilence`: ends a silence. Faults that are still open are reported, and runs that it held back are tried again. */
import { silencedName } from "../incidents/silence.ts";
import { data, line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say } from "./says.ts";

export const unsilence = command({
  words: ["unsilence"],
  usage: "",
  help: "end the silence",
  role: "responder",
  scope: "act",
  fits: ({ silence }) => silence !== undefined,
  arguments: nothing,
  handle: onIncident((_, { incident, actor }) => {
    const { silence } = incident;
    if (silence === undefined)
      return refused("nothing_to_do", line`nothing is silenced here. Nothing was changed.`);
    const about = data(silencedName(silence), 120);
    const ended = line`${actor.name} ended the silence of ${about}.`;
    return {
      status: "done",
      deed: { kind: "unsilence" },
      says: say(
        line`${ended} What breaks from now on is told, and fixes that waited for it are asked for again.`,
      ),
    };
  }),
});
