/**
 * `driftwarden restored`: shows whether the store was restored, and records when a person says that nothing was
 * forgotten.
 */
import type { Command } from "commander";
import { restored } from "../operator/restored.ts";
import { ask } from "./ask.ts";
import { withConfigOption } from "./config-option.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

interface RestoredOptions {
  readonly config: string;
  readonly forgotNothing?: boolean;
}

/** After `--forgot-nothing` a daemon lets runs through again within a minute. */
export function registerRestored(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(restored.words))
    .description(restored.help)
    .option(
      "--forgot-nothing",
      "say that no run was made that the store does not know: it was a pause, or you checked",
    )
    .action((options: RestoredOptions) =>
      withStore(options.config, parts, async (store) => {
        const { forgotNothing } = options;
        const { restoredAtMs: atMs } = await ask(restored, { forgotNothing }, { store });
        parts.cli.print(
          atMs === undefined
            ? "the store has forgotten nothing: fixes run as configured"
            : `the store was restored, or not used for an hour, until ${new Date(atMs).toISOString()}: no fix runs until its max_runs window and its cooldown have passed since`,
        );
      }),
    );
}
