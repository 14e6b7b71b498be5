/** `wrong-team`: a person's verdict that it belongs to another team. It is recorded; nobody else is told. */
import { z } from "zod";
import { data, line } from "../messages/message.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { say, typed } from "./says.ts";

export const wrongTeam = command({
  words: ["wrong-team"],
  usage: "TEAM",
  help: "it belongs to another team",
  role: "known",
  scope: "propose",
  arguments: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u, { error: "the name of one team is expected" }),
  handle: onIncident((team, { actor }) => ({
    status: "done",
    deed: { kind: "judge", verdict: "wrong_team", team },
    says: say(
      line`Noted, ${actor.name}: it belongs to ${data(team, 40)}. Nobody there was told; give it to a person with ${typed("assign NAME")}. Nothing is learned from it.`,
    ),
  })),
});
