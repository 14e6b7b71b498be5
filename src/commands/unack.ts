/** `unack`: gives the incident back, so that nobody is responsible for it. */
import { line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused, say, typed } from "./says.ts";

export const unack = command({
  words: ["unack"],
  usage: "",
  help: "you no longer have it",
  role: "known",
  scope: "act",
  fits: ({ people }) => people?.ack !== undefined,
  arguments: nothing,
  handle: onIncident((_, { incident }) => {
    const { ack } = incident.people ?? {};
    if (ack === undefined)
      return refused("nothing_to_do", line`nobody has this, so nobody can give it back.`);
    return {
      status: "done",
      deed: { kind: "let_go" },
      says: say(line`${ack.by} has this no longer. Whoever takes it says ${typed("ack")}.`),
    };
  }),
});
