/** `yes`: confirms the only open question. */
import { line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { anyOf, refused } from "./says.ts";

export const yes = command({
  words: ["yes"],
  usage: "",
  help: "confirm the question that is open",
  role: "anybody",
  scope: "act",
  arguments: nothing,
  handle: onIncident((_, { incident, nowMs }) => {
    const open = (incident.people?.questions ?? []).filter(({ untilMs }) => untilMs > nowMs);
    const [question, ...more] = open;
    if (question === undefined)
      return refused("no_question", line`no question is open here. Nothing was changed.`);
    if (more.length > 0) {
      const names = anyOf(open.map(({ word }) => word));
      return refused(
        "several_questions",
        line`several questions are open (${names}). Say again which one you mean.`,
      );
    }
    return { status: "confirms", command: question.command };
  }),
});
