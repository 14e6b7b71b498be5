/** `help`: the few commands that fit now. `help all`: every command, and when it asks for confirmation. */
import type { Incident } from "../incidents/incident.ts";
import { type Block, type Line, line, type MessageSection, words } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { type Command, type CommandContext, command } from "./command.ts";
import { mayPlay } from "./people.ts";
import { say, typed } from "./says.ts";

export const help = command({
  words: ["help", "?"],
  usage: "[all]",
  help: "what can be said now",
  role: "anybody",
  scope: "read",
  arguments: nothing,
  handle: (asked, context) => ({
    status: "done",
    says: /^all\b/i.test(asked) ? [everything(context)] : few(context),
  }),
});

function few({ commands, incident, actor }: CommandContext): MessageSection {
  const fitting = commands.filter(
    (one) => mayPlay(one.role, actor) && (incident === undefined || fits(one, incident)),
  );
  const items = fitting.slice(0, 6).map((one) => line`${words(one.help)}: ${typed(usageOf(one))}`);
  const more = line`Everything, and who may say it: ${typed("help all")}.`;
  if (items.length === 0) return say(line`Nothing needs to be said here now. ${more}`);
  return [...say(line`What fits now:`), { kind: "list", items }, ...say(more)];
}

const fits = ({ fits: fit }: Command, incident: Incident): boolean => fit?.(incident) ?? false;

const usageOf = ({ words: [word], usage }: Command): string => `${word} ${usage}`.trim();

/** The command is never in the first column, so that no line of the answer is read as a command. */
function everything({ commands }: CommandContext): Block {
  return {
    kind: "table",
    header: ["what it does", "command", "who", "asks first"],
    rows: commands.map((one): readonly Line[] => [
      words(one.help),
      typed(usageOf(one)),
      words(one.role),
      words(one.asksFirst ?? "no"),
    ]),
  };
}
