/** Runs a command: checks the options of the command line with its schema and calls its handler. */
import type { z } from "zod";
import type { OperatorCommand } from "../operator/operator-command.ts";
import { CliError } from "./errors.ts";

/**
 * @param given the options under the names of the command's arguments
 * @throws CliError DW_CLI_USAGE naming the first option that the schema refuses; whatever the handler throws
 */
export async function ask<Arguments extends z.ZodType, Needs, Answer>(
  command: OperatorCommand<Arguments, Needs, Answer>,
  given: z.input<Arguments>,
  needs: Needs,
): Promise<Answer> {
  const parsed = command.arguments.safeParse(given);
  if (parsed.success) return await command.handle(parsed.data, needs);
  const [issue] = parsed.error.issues;
  const name = issue?.path.join(".") ?? "";
  const value = String(new Map(Object.entries(Object(given))).get(name));
  const hint: unknown = issue?.code === "custom" ? issue.params?.["hint"] : undefined;
  throw new CliError("DW_CLI_USAGE", `--${name} ${value} ${issue?.message}`, {
    hint: typeof hint === "string" ? hint : "driftwarden help COMMAND says what it takes.",
  });
}
