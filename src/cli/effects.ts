/** `driftwarden effects`: what is promised and not done yet, what was given up, and giving it another try. */
import type { Command } from "commander";
import type { OutboxEffect } from "../store/outbox/inspect.ts";
import { type EffectFilter, listEffects, retryDeadEffect } from "../store/outbox/inspect.ts";
import type { Store } from "../store/store.ts";
import { CliError } from "./errors.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

interface EffectsArguments {
  readonly config: string;
  readonly dead?: boolean;
  readonly retry?: string;
  readonly json?: boolean;
}

/** Without an option: everything that is promised and not done; a retry is carried out by the daemon. */
export function registerEffects(program: Command, parts: StoreCommandParts): void {
  program
    .command("effects")
    .description("list promised tickets, comments and runs that are not done, or retry a dead one")
    .requiredOption("--config <file>", "the configuration")
    .option("--dead", "only those that were given up")
    .option("--retry <id>", "give this dead effect another try")
    .option("--json", "JSON lines")
    .action((options: EffectsArguments) =>
      withStore(options.config, parts, (store) =>
        options.retry === undefined
          ? list(store, options, parts)
          : retry(store, options.retry, parts),
      ),
    );
}

async function list(
  store: Store,
  { dead, json }: EffectsArguments,
  { cli }: StoreCommandParts,
): Promise<void> {
  const statuses = dead === true ? (["dead"] as const) : (["pending", "working", "dead"] as const);
  for (const status of statuses) {
    for await (const effect of all(store, { status })) {
      cli.print(json === true ? JSON.stringify(effect) : line(effect));
    }
  }
}

async function* all(store: Store, filter: EffectFilter): AsyncGenerator<OutboxEffect> {
  for (let after: number | null = 0; after !== null; ) {
    const page = await listEffects(store, { ...filter, after });
    yield* page.items;
    after = page.next;
  }
}

function line({ id, status, effect, attempts, lastError }: OutboxEffect): string {
  const tried = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  return [status, effect.kind, id, tried, ...(lastError === null ? [] : [lastError])].join("  ");
}

async function retry(store: Store, id: string, { cli }: StoreCommandParts): Promise<void> {
  if (!(await retryDeadEffect(store, id))) {
    throw new CliError("DW_CLI_USAGE", `there is no dead effect ${id}`, {
      hint: "driftwarden effects --dead --config FILE lists them with their ids.",
    });
  }
  cli.print(`${id} is tried again`);
}
