/** `driftwarden freeze` and `driftwarden unfreeze`: hold runs back for a time, list what holds or is planned, and end it. */
import { type Command, Option } from "commander";
import type { z } from "zod";
import { openedKinds, severities } from "../incidents/episode.ts";
import { type Freeze, freezeText, isPlanned } from "../incidents/freeze.ts";
import { freezeJson } from "../incidents/freeze-json.ts";
import { matchersText } from "../incidents/matchers.ts";
import { freeze } from "../operator/freeze.ts";
import { unfreeze } from "../operator/unfreeze.ts";
import { printable } from "../printable.ts";
import type { Store } from "../store/store.ts";
import { argumentsOf } from "./ask.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { type StoreCommandParts, withStore } from "./store-command.ts";

type Given = Omit<z.input<typeof freeze.arguments>, "name">;

interface FreezeOptions extends Given {
  readonly config: string;
  readonly json?: boolean;
}

export function registerFreeze(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(`${freeze.words} [name]`))
    .description(freeze.help)
    .option("--for <duration>", "how long: 2h; 7d at most")
    .option("--from <time>", "from when, with the zone: 2026-11-27T00:00Z; default: at once")
    .option("--until <time>", "until when, with the zone: 2026-11-30T08:00Z")
    .option("--reason <text>", "why; it is shown on every ticket whose fix is held back")
    .option("--as <name>", "who declares it; default: operator")
    .option("--model <name...>", "only for this model; so for the other kinds of matchers")
    .option("--feature <name...>", "only where this feature is to blame")
    .addOption(
      new Option("--kind <kind...>", "only for this kind of incident").choices(openedKinds),
    )
    .addOption(new Option("--severity <severity...>", "only for this severity").choices(severities))
    .option("--service <name...>", "only for this container or compose service")
    .option("--json", "JSON lines")
    .action((name: string | undefined, { config, json = false, ...given }: FreezeOptions) => {
      const asked = argumentsOf(freeze, { name, ...given }, ["name"]);
      return withStore(config, parts, (store) => frozen(store, asked, { json, parts }));
    });
}

interface Printing {
  readonly json: boolean;
  readonly parts: StoreCommandParts;
}

async function frozen(
  store: Store,
  asked: z.output<typeof freeze.arguments>,
  { json, parts: { cli } }: Printing,
): Promise<void> {
  const answer = await freeze.handle(asked, { store });
  if (!answer.done) throw new CliError("DW_CLI_USAGE", answer.problem, { hint: howTo });
  const { nowMs } = answer;
  const freezes = "freezes" in answer ? answer.freezes : [answer.freeze];
  for (const one of freezes)
    cli.print(json ? JSON.stringify(freezeJson(one, nowMs)) : lineOf(one, nowMs));
  if (json) return;
  if (freezes.length === 0) cli.print("no freeze holds or is planned: fixes run as configured");
  if ("freeze" in answer)
    cli.print(
      `Detection and tickets go on, and so does what acts already. Undo: driftwarden unfreeze ${JSON.stringify(answer.freeze.name)}`,
    );
}

const howTo =
  'driftwarden freeze "black friday" --until 2026-11-30T08:00Z --reason "code freeze", or --for 2h.';

function lineOf(one: Freeze, nowMs: number): string {
  const only = matchersText(one.matchers);
  const runs = isPlanned(one, nowMs) ? "no fix runs then" : "no fix runs";
  const about = only === "" ? runs : `${runs} for ${only}`;
  return printable(`${freezeText(one, nowMs)}, and ${about}: ${one.reason}`);
}

interface UnfreezeOptions {
  readonly config: string;
  readonly as?: string;
}

export function registerUnfreeze(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(`${unfreeze.words} [name]`))
    .description(unfreeze.help)
    .option("--as <name>", "who ends it; default: operator")
    .action((name: string | undefined, { config, as }: UnfreezeOptions) => {
      const asked = argumentsOf(unfreeze, { name: name ?? "", as }, ["name"]);
      return withStore(config, parts, async (store) => {
        const answer = await unfreeze.handle(asked, { store });
        if (!answer.done)
          throw new CliError("DW_CLI_USAGE", answer.problem, {
            hint: "driftwarden freeze lists those that hold or are planned.",
          });
        const { left } = answer;
        const next =
          left === 0
            ? "fixes run again as configured"
            : `${left} more ${left === 1 ? "holds" : "hold"}`;
        parts.cli.print(
          printable(`the freeze ${JSON.stringify(answer.freeze.name)} is over; ${next}`),
        );
      });
    });
}
