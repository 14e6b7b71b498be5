/**
 * `driftwarden do`: hands in a command about an incident, as a comment on its ticket would. The daemon carries it out.
 */
import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { systemClock } from "../clock.ts";
import type { CommandAnswer } from "../messages/answer.ts";
import { plainText } from "../messages/plain-text.ts";
import { handInAndWait } from "../store/commands/await-answer.ts";
import { incidentByNumber } from "../store/incidents/by-number.ts";
import type { Store } from "../store/store.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { unreachableCode } from "./exit-code.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

export interface SayOptions {
  readonly config: string;
  /** As whom of the configuration; left out: the operator. */
  readonly as?: string;
  readonly json?: boolean;
}

export interface DoParts extends StoreCommandParts {
  /** How long to wait for the daemon, ms. Default 15 s. */
  readonly waitMs?: number;
}

export function registerDo(program: Command, parts: DoParts): void {
  withConfigOption(program.command("do <incident> <words...>"))
    .description("say a command to an incident, as on its ticket: driftwarden do 43 ack")
    .option("--as <name>", "say it as this person of the configuration; default: as the operator")
    .option("--json", "JSON lines")
    .action((incident: string, words: readonly string[], options: SayOptions) =>
      sayTo({ number: incident, said: words.join(" ") }, options, parts),
    );
}

function numberOf(text: string): number {
  if (/^#?\d{1,15}$/.test(text)) return Number(text.replace("#", ""));
  throw new CliError("DW_CLI_USAGE", `${text} is no number of an incident`, {
    hint: "The last line of a ticket names it: driftwarden do 43 ack.",
  });
}

export interface TypedCommand {
  /** Number of the incident, as typed. Left out if the daemon is to find the incident. */
  readonly number?: string | undefined;
  readonly said: string;
}

const defaultWaitMs = 15_000;

/** Hands in a command, waits for the daemon and prints what it answers; exit code 1 when it was not done. */
export function sayTo(
  { number: typed, said }: TypedCommand,
  options: SayOptions,
  parts: DoParts,
): Promise<void> {
  const number = typed === undefined ? null : numberOf(typed);
  return withStore(options.config, parts, (store) =>
    printAnswer(store, { number, said }, { ...options, parts }),
  );
}

async function printAnswer(
  store: Store,
  { number, said }: { readonly number: number | null; readonly said: string },
  { as = "", json, parts }: SayOptions & { readonly parts: DoParts },
): Promise<void> {
  const { cli, waitMs = defaultWaitMs } = parts;
  if (number !== null && (await incidentByNumber(store, number)) === undefined) {
    cli.say(
      `There is no incident ${number}, so nothing was done or stored. driftwarden incidents list --all shows the numbers.`,
    );
    cli.exitWith(1);
    return;
  }
  const command = {
    door: "cli",
    message: randomUUID(),
    place: "",
    incident: number,
    account: as,
    said,
    saidAtMs: systemClock.now(),
  } as const;
  const answered = await handInAndWait<CommandAnswer>(store, command, {
    clock: systemClock,
    waitMs,
  });
  if (answered === undefined) {
    cli.say(
      `no daemon answered within ${waitMs / 1000} s; the command is stored, and is carried out as soon as a daemon runs`,
    );
    cli.exitWith(unreachableCode);
    return;
  }
  const { done, code, says } = answered.answer;
  const text = plainText(says);
  cli.print(json === true ? JSON.stringify({ done, code, answer: text }) : text);
  if (!done) cli.exitWith(1);
}
