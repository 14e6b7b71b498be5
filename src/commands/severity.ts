/**
 * `severity`: a person sets the severity. It rises above that only when another kind of fault opens or more models
 * break.
 */
import { z } from "zod";
import type { Severity } from "../incidents/episode.ts";
import { line, words } from "../messages/message.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say } from "./says.ts";

const wanted = "P0, P1 or P2 is expected, then the reason";

export const severity = command({
  words: ["severity"],
  usage: "P0|P1|P2 REASON",
  help: "say how bad it is",
  role: "commander",
  scope: "act",
  inTracker: (to, { incident }) =>
    incident.severity === to
      ? undefined
      : {
          deed: { kind: "severity", severity: asSeverity(to) },
          stays: line`The priority stays as it was set, until the severity changes.`,
        },
  arguments: z
    .string()
    .regex(/^p[012]\b/i, { error: wanted })
    .max(1000, { error: "the reason is longer than 1000 characters" }),
  handle: onIncident((asked, { incident, actor }) => {
    const to = asSeverity(asked.slice(0, 2));
    const reason = asked.slice(2).trim();
    if (reason === "")
      return refused(
        "bad_arguments",
        line`the reason is missing. ${words(wanted)}. Nothing was changed.`,
      );
    if (incident.severity === to)
      return refused("nothing_to_do", line`it is ${words(to)} already. Nothing was changed.`);
    const was = line`${words(to)} now, it was ${words(incident.severity)}, says ${actor.name}.`;
    const rises = line` It rises by itself only when another kind or more models break.`;
    return {
      status: "done",
      deed: { kind: "severity", severity: to },
      says: say(line`${was}${to === "P0" ? line`` : rises}`),
    };
  }),
});

function asSeverity(text: string): Severity {
  const number = text.slice(1);
  if (number === "0") return "P0";
  return number === "1" ? "P1" : "P2";
}
