/** `driftwarden freeze` and `driftwarden unfreeze`: hold runs back for a time, list what holds, and end it. */
import { type Command, Option } from "commander";
import { incidentKinds, severities } from "../incidents/episode.ts";
import { type Freeze, freezeText } from "../incidents/freeze.ts";
import { freezeJson } from "../incidents/freeze-json.ts";
import { matchersText } from "../incidents/matchers.ts";
import { freeze } from "../operator/freeze.ts";
import { unfreeze } from "../operator/unfreeze.ts";
import { printable } from "../printable.ts";
import type { Store } from "../store/store.ts";
import { ask } from "./ask.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

type Given = Omit<Parameters<typeof ask<typeof freeze.arguments, unknown, unknown>>[1], "name">;

interface FreezeOptions extends Given {
  readonly config: string;
  readonly json?: boolean;
}

export function registerFreeze(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(`${freeze.words} [name]`))
    .description(freeze.help)
    .option("--for <duration>", "how long: 2h; 7d at most")
    .option("--until <time>", "until when, with the zone: 2026-11-30T08:00Z")
    .option("--reason <text>", "why; it is shown on every ticket whose fix is held back")
    .option("--as <name>", "who declares it; default: operator")
    .option("--model <name...>", "only for this model; so for the other kinds of matchers")
    .option("--feature <name...>", "only where this feature is to blame")
    .addOption(
      new Option("--kind <kind...>", "only for this kind of incident").choices(incidentKinds),
    )
    .addOption(new Option("--severity <severity...>", "only for this severity").choices(severities))
    .option("--service <name...>", "only for this container or compose service")
    .option("--json", "JSON lines")
    .action((name: string | undefined, { config, json = false, ...given }: FreezeOptions) =>
      withStore(config, parts, (store) => frozen(store, { name, ...given }, { json, parts })),
    );
}

interface Printing {
  readonly json: boolean;
  readonly parts: StoreCommandParts;
}

async function frozen(
  store: Store,
  asked: Given & { readonly name: string | undefined },
  { json, parts: { cli } }: Printing,
): Promise<void> {
  const answer = await ask(freeze, asked, { store });
  if (!answer.done) throw new CliError("DW_CLI_USAGE", answer.problem, { hint: howTo });
  const freezes = "freezes" in answer ? answer.freezes : [answer.freeze];
  for (const one of freezes) cli.print(json ? JSON.stringify(freezeJson(one)) : lineOf(one));
  if (json) return;
  if (freezes.length === 0) cli.print("no freeze holds: fixes run as configured");
  if ("freeze" in answer)
    cli.print(
      `Detection and tickets go on, and so does what acts already. Undo: driftwarden unfreeze ${JSON.stringify(answer.freeze.name)}`,
    );
}

const howTo =
  'driftwarden freeze "black friday" --until 2026-11-30T08:00Z --reason "code freeze", or --for 2h.';

function lineOf(one: Freeze): string {
  const only = matchersText(one.matchers);
  const about = only === "" ? "no fix runs" : `no fix runs for ${only}`;
  return printable(`${freezeText(one)}, and ${about}: ${one.reason}`);
}

interface UnfreezeOptions {
  readonly config: string;
  readonly as?: string;
}

export function registerUnfreeze(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(`${unfreeze.words} [name]`))
    .description(unfreeze.help)
    .option("--as <name>", "who ends it; default: operator")
    .action((name: string | undefined, { config, as }: UnfreezeOptions) =>
      withStore(config, parts, async (store) => {
        const answer = await ask(unfreeze, { name: name ?? "", as }, { store });
        if (!answer.done)
          throw new CliError("DW_CLI_USAGE", answer.problem, {
            hint: "driftwarden freeze lists those that hold.",
          });
        const { left } = answer;
        const next = left === 0 ? "fixes run again as configured" : `${left} more hold`;
        parts.cli.print(
          printable(`the freeze ${JSON.stringify(answer.freeze.name)} is over; ${next}`),
        );
      }),
    );
}
