/** `driftwarden effects`: lists promised effects that are not done, and retries a dead one. */

import type { Command } from "commander";
import { effects } from "../operator/effects.ts";
import { effectsRetry } from "../operator/effects-retry.ts";
import { effectJson } from "../outbox/effect-json.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import type { OutboxEffect } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";
import { ask } from "./ask.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { readingStore, type StoreCommandParts, withStore } from "./store-command.ts";

interface EffectsArguments {
  readonly config: string;
  readonly dead?: boolean;
  readonly retry?: string;
  readonly json?: boolean;
}

/** Without an option it lists all effects that are promised and not done. The daemon carries a retry out. */
export function registerEffects(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(effects.words))
    .description(effects.help)
    .option("--dead", "only those that were given up")
    .option("--retry <id>", "give this dead effect another try")
    .option("--json", "JSON lines")
    .action(({ retry: id, ...options }: EffectsArguments) =>
      id === undefined
        ? readingStore(options.config, parts, (store) => list(store, options, parts))
        : withStore(options.config, parts, (store) => retry(store, id, parts)),
    );
}

async function list(
  store: Store,
  { dead, json }: EffectsArguments,
  { cli }: StoreCommandParts,
): Promise<void> {
  const answer = await ask(effects, { dead }, { store });
  for await (const effect of answer.effects) {
    cli.print(json === true ? JSON.stringify(effectJson(effect)) : printable(line(effect)));
  }
}

function line({ id, status, effect, attempts, lastError }: OutboxEffect): string {
  const tried = counted(attempts, "attempt");
  return [status, effect.kind, id, tried, ...(lastError === null ? [] : [lastError])].join("  ");
}

async function retry(store: Store, id: string, { cli }: StoreCommandParts): Promise<void> {
  const { done } = await ask(effectsRetry, { id }, { store });
  if (!done) {
    throw new CliError("DW_CLI_USAGE", `there is no dead effect ${id}`, {
      hint: "driftwarden effects --dead lists them with their ids.",
    });
  }
  cli.print(`${id} is tried again`);
}
