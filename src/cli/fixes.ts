/** `driftwarden fixes`: shows what the configured fixes did, and asks for a run. The gates of the daemon decide. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { formatDuration } from "../duration.ts";
import { nearest } from "../nearest.ts";
import { fixesEvidence, fixesExplain, fixesShow } from "../operator/fixes.ts";
import type { ListedRun } from "../store/runs/list.ts";
import { argumentsOf, ask } from "./ask.ts";
import type { Cli } from "./cli.ts";
import { columns } from "./columns.ts";
import { withConfigOption } from "./config-option.ts";
import { type DoParts, type SayOptions, sayTo } from "./do.ts";
import { CliError } from "./errors.ts";
import {
  evidenceJson,
  evidenceMeaning,
  evidenceTable,
  explanation,
  explanationJson,
  nextText,
  runTable,
  whatBecame,
} from "./fixes-text.ts";
import { readingStore } from "./store-command.ts";

interface FixesOptions {
  readonly config: string;
  readonly json?: boolean;
}

interface RunOptions extends SayOptions {
  readonly incident?: string;
  readonly dryRun?: boolean;
}

type FixConfig = Config["fixes"][number];

export interface FixesParts extends DoParts {
  /** A run as the API gives it. */
  readonly runJson: (run: ListedRun) => object;
}

export function registerFixes(program: Command, parts: FixesParts): void {
  const fixes = program
    .command("fixes")
    .description("show what the configured fixes did, and ask for a run");
  withConfigOption(fixes.command("list"))
    .description("list the fixes with their mode and their newest run")
    .option("--json", "JSON lines")
    .action((options: FixesOptions) => list(options, parts));
  withConfigOption(fixes.command("show <fix>"))
    .description(fixesShow.help)
    .option("--json", "one JSON line")
    .action((fix: string, options: FixesOptions) => show(fix, options, parts));
  withConfigOption(fixes.command("evidence <fix>"))
    .description(fixesEvidence.help)
    .option("--json", "JSON lines, one a target")
    .action((fix: string, options: FixesOptions) => evidence(fix, options, parts));
  withConfigOption(fixes.command("explain <run>"))
    .description(fixesExplain.help)
    .option("--json", "one JSON line")
    .action((id: string, options: FixesOptions) => explain(id, options, parts));
  withConfigOption(fixes.command("run <fix>"))
    .description("ask for a run: the daemon looks at the target and asks for a yes, with the facts")
    .option(
      "--incident <number>",
      "the incident that it is for; default: the one that calls for it",
    )
    .option("--dry-run", "only say what would be done, and what every gate says")
    .option("--as <name>", "say it as this person of the configuration; default: as the operator")
    .option("--json", "one JSON line")
    .action((fix: string, options: RunOptions) => run(fix, options, parts));
}

function list({ config: file, json }: FixesOptions, parts: FixesParts): Promise<void> {
  const { cli, runJson } = parts;
  return readingStore(file, parts, async (store, { fixes }) => {
    const rows: string[][] = [];
    for (const { name, mode, do: does } of fixes) {
      const [last] = (await ask(fixesShow, { fix: name }, { store })).runs;
      const newest = last === undefined ? null : runJson(last);
      if (json === true) cli.print(JSON.stringify({ name, mode, do: does, newest }));
      const when = last === undefined ? "-" : new Date(last.decidedAtMs).toISOString();
      rows.push([name, mode, does, when, last === undefined ? "-" : whatBecame(last)]);
    }
    if (json === true) return;
    if (rows.length === 0) cli.say("No fix is configured.");
    else
      for (const line of columns([
        ["fix", "mode", "does", "newest run", "what became of it"],
        ...rows,
      ]))
        cli.print(line);
  });
}

async function show(
  fix: string,
  { config: file, json }: FixesOptions,
  parts: FixesParts,
): Promise<void> {
  const { cli, runJson, remediations } = parts;
  const known = configured(fix, loadConfig(file, remediations), cli);
  if (known === undefined) return;
  await readingStore(file, parts, async (store) => {
    const { name, mode, when, do: does, cooldown, options } = known;
    const { runs, evidence: found } = await ask(fixesShow, { fix }, { store });
    if (json === true) {
      const did = { runs: runs.map(runJson), evidence: found.map(evidenceJson) };
      cli.print(JSON.stringify({ name, mode, do: does, when, options, ...did }));
      return;
    }
    cli.print(`${name}: ${does}, mode ${mode}, cooldown ${formatDuration(cooldown)}`);
    cli.print(`when ${JSON.stringify(when)}, with ${JSON.stringify(options)}`);
    if (runs.length === 0) cli.print("It has not run, and nothing called for it.");
    else for (const line of ["", ...runTable(runs)]) cli.print(line);
    const [newest] = runs;
    if (newest !== undefined) cli.print(`\nNewest: ${newest.detail}\nNext: ${nextText(newest)}`);
  });
}

function evidence(
  fix: string,
  { config: file, json }: FixesOptions,
  parts: DoParts,
): Promise<void> {
  const { cli } = parts;
  return readingStore(file, parts, async (store, config) => {
    const found = await ask(fixesEvidence, { fix }, { store });
    // The runs of a fix that is no longer configured are shown as well.
    if (found.length === 0 && configured(fix, config, cli) === undefined) return;
    if (json === true) for (const one of found) cli.print(JSON.stringify(evidenceJson(one)));
    else if (found.length === 0) cli.print(`Nothing has called for ${fix} yet.`);
    else for (const line of [...evidenceTable(found), "", evidenceMeaning(found)]) cli.print(line);
  });
}

function explain(
  id: string,
  { config: file, json }: FixesOptions,
  parts: FixesParts,
): Promise<void> {
  const { cli } = parts;
  const asked = argumentsOf(fixesExplain, { run: id }, ["run"]);
  return readingStore(file, parts, async (store) => {
    const found = await fixesExplain.handle(asked, { store });
    if (found === undefined) {
      cli.say(
        `No run, or several, have an id that begins with ${id}. driftwarden fixes show FIX lists the newest runs of a fix.`,
      );
      cli.exitWith(1);
      return;
    }
    const { run: explained, ...how } = found;
    const lines = {
      ...parts.runJson(explained),
      ...explanationJson(how),
      next: nextText(explained),
    };
    if (json === true) cli.print(JSON.stringify(lines));
    else for (const line of explanation(found)) cli.print(line);
  });
}

/** @returns undefined when no fix has this name; a message is printed then */
function configured(name: string, { fixes }: Config, cli: Cli): FixConfig | undefined {
  const found = fixes.find((fix) => fix.name === name);
  if (found !== undefined) return found;
  const names = fixes.map((fix) => fix.name);
  const meant = nearest(name, names);
  const known = names.length === 0 ? "No fix is configured." : `There are: ${names.join(", ")}.`;
  const near = meant === undefined ? "" : ` Did you mean ${meant}?`;
  cli.say(`No fix is called ${name}.${near} ${known}`);
  cli.exitWith(1);
  return undefined;
}

function run(fix: string, options: RunOptions, parts: DoParts): Promise<void> {
  if (!/^[^\s\p{Cc}]+$/u.test(fix))
    throw new CliError("DW_CLI_USAGE", "the name of a fix is one word", {
      hint: "driftwarden fixes list shows the fixes.",
    });
  const said = `restart ${fix}${options.dryRun === true ? " dry-run" : ""}`;
  return sayTo({ number: options.incident, said }, options, parts);
}
