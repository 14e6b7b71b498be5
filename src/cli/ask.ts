/** Checks the options of a command with its schema, and calls its handler. */
import type { z } from "zod";
import type { OperatorCommand } from "../operator/operator-command.ts";
import { CliError } from "./errors.ts";

/**
 * Checks the options without opening anything. Call it before the store is opened, so that a typing mistake is reported
 * even while the store is unavailable.
 *
 * @param given the options under the names of the command's arguments
 * @param positional names of the arguments that are typed without an option
 * @throws CliError DW_CLI_USAGE naming the first option that the schema refuses
 */
export function argumentsOf<Arguments extends z.ZodType>(
  command: { readonly arguments: Arguments },
  given: z.input<Arguments>,
  positional: readonly string[] = [],
): z.output<Arguments> {
  const parsed = command.arguments.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const hint: unknown = issue?.code === "custom" ? issue.params?.["hint"] : undefined;
  throw new CliError("DW_CLI_USAGE", problemOf(issue, given, positional), {
    hint: typeof hint === "string" ? hint : "driftwarden help COMMAND says what it takes.",
  });
}

/** The message of an issue behind its option and value. An issue about several options is a whole sentence already. */
function problemOf(
  issue: z.core.$ZodIssue | undefined,
  given: unknown,
  positional: readonly string[],
): string {
  const { path = [], message = "" } = issue ?? {};
  const [option] = path;
  if (option === undefined) return message;
  const name = String(option);
  // An option that is given several times is a list, and the path leads to one of its values.
  const value = String(path.reduce(valueAt, given));
  return [positional.includes(name) ? "" : `--${name}`, value, message].filter(Boolean).join(" ");
}

const valueAt = (from: unknown, key: PropertyKey): unknown =>
  new Map<string, unknown>(Object.entries(Object(from))).get(String(key));

/** As {@link argumentsOf}, then calls the handler. @throws also whatever the handler throws */
export async function ask<Arguments extends z.ZodType, Needs, Answer>(
  command: OperatorCommand<Arguments, Needs, Answer>,
  given: z.input<Arguments>,
  needs: Needs,
): Promise<Answer> {
  return await command.handle(argumentsOf(command, given), needs);
}
