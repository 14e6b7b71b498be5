/** `unfreeze`: ends a freeze early. Runs that it held back are tried again. */
import { z } from "zod";
import { freezeToEnd, isInForce, isPlanned } from "../incidents/freeze.ts";
import { data, line, words } from "../messages/message.ts";
import { untilTime } from "../messages/silence-text.ts";
import { command } from "./command.ts";
import { refused, say } from "./says.ts";

export const unfreeze = command({
  words: ["unfreeze"],
  usage: "[NAME]",
  help: "end a freeze",
  role: "responder",
  scope: "act",
  holdsRuns: true,
  arguments: z.string(),
  handle: (asked, { actor, nowMs, freezes }) => {
    const found = freezeToEnd(asked.replaceAll(/^["“„]|["“”]$/g, ""), { nowMs, freezes });
    if ("problem" in found)
      return refused(found.code, line`${data(found.problem, 1000)} Nothing was changed.`);
    const { name, by, reason, atMs, untilMs } = found;
    const from = isPlanned(found, nowMs) ? ` from ${untilTime(atMs, nowMs)}` : "";
    const ended = line`${actor.name} ended the freeze ${data(name)} by ${by}, which would have held${words(from)} until ${words(untilTime(untilMs, nowMs))}: ${data(reason, 200)}.`;
    const left = freezes.filter((one) => one !== found && isInForce(one, nowMs)).length;
    const next =
      left === 0
        ? line`Fixes run again as configured, and what waited is asked for again.`
        : line`${words(String(left))} more ${words(left === 1 ? "holds" : "hold")}.`;
    return {
      status: "done",
      freezing: { kind: "unfreeze", freeze: found, by: actor.name, atMs: nowMs },
      says: say(line`${ended} ${next}`),
    };
  },
});
