/** `deny`: a person declines a waiting run. This overrules every approval until the run is decided. */
import { z } from "zod";
import { line, words } from "../messages/message.ts";
import { actText } from "../messages/proposal-text.ts";
import { asked, askedOrReason, begun, waitingOf } from "./asked-proposal.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say } from "./says.ts";

export const deny = command({
  words: ["deny"],
  usage: "[ID] [REASON]",
  help: "keep the run that waits from happening",
  role: "responder",
  scope: "act",
  fits: (incident) => waitingOf({ incident }).length > 0,
  arguments: z.string().max(1000, { error: "the reason is longer than 1000 characters" }),
  handle: onIncident((text, context) => {
    const found = asked(askedOrReason(text, context), context);
    if (found === undefined)
      return refused("no_proposal", line`no run waits for approval here. Nothing was changed.`);
    if ("status" in found) return found;
    const { run, proposal } = found;
    return (
      begun(found, context) ?? {
        status: "done",
        deed: { kind: "decline", run: run.id, proposal: proposal.id },
        says: say(
          line`${context.actor.name} said no to ${words(proposal.id)}: ${actText(proposal)}. It is not done, and not asked again for this episode.`,
        ),
      }
    );
  }),
});
