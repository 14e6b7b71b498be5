/** `started`: records when the fault began, which may be long before it was found. */
import { z } from "zod";
import { line, words } from "../messages/message.ts";
import { readTime } from "../messages/text.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { pastTime } from "./past-time.ts";
import { refused, say } from "./says.ts";

export const started = command({
  words: ["started"],
  usage: "HH:MM|YYYY-MM-DD HH:MM",
  help: "say when it really began",
  role: "known",
  scope: "propose",
  arguments: z.string().regex(/\d/, { error: "a time is expected" }),
  handle: onIncident((asked, { actor, nowMs }) => {
    const atMs = pastTime(asked, { nowMs, timeZone: actor.timeZone });
    if (atMs === undefined)
      return refused(
        "bad_arguments",
        line`${asked} is no time that has passed. Write 01:40, 2026-11-26 01:40 or 2026-11-26T01:40Z; without Z it is read in ${actor.timeZone}. Nothing was changed.`,
      );
    return {
      status: "done",
      deed: { kind: "started", atMs },
      says: say(line`Noted, ${actor.name}: it began at ${words(readTime(atMs))}.`),
    };
  }),
});
