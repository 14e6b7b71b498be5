/** `driftwarden incidents list|show`: shows open and earlier incidents. */
import { type Command, Option } from "commander";
import {
  type IncidentKind,
  incidentKinds,
  type Severity,
  severities,
} from "../incidents/episode.ts";
import { type IncidentState, incidentStates } from "../incidents/incident.ts";
import { incidentsList } from "../operator/incidents-list.ts";
import { incidentsShow } from "../operator/incidents-show.ts";
import { argumentsOf } from "./ask.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { incidentLines, incidentTable } from "./incident-text.ts";
import { readingStore, type StoreCommandParts } from "./store-command.ts";

interface ShowOptions {
  readonly config: string;
  readonly json?: boolean;
}

interface ListOptions extends ShowOptions {
  readonly all?: boolean;
  readonly state?: IncidentState[];
  readonly severity?: Severity[];
  readonly kind?: IncidentKind[];
  readonly subject?: string;
  readonly silenced?: boolean;
  readonly limit: string;
}

const several = (flag: string, words: readonly string[], what: string): Option =>
  new Option(`--${flag} <${flag}...>`, what).choices(words);

export function registerIncidents(program: Command, parts: StoreCommandParts): void {
  const incidents = program
    .command("incidents")
    .description("show what is wrong now, and what was");
  withConfigOption(incidents.command("list"))
    .description(incidentsList.help)
    .option("--all", "resolved ones too")
    .addOption(several("state", incidentStates, "only in these states"))
    .addOption(several("severity", severities, "only of these severities"))
    .addOption(several("kind", incidentKinds, "only of these kinds"))
    .option("--subject <name>", "only those of this model or service, by name or key")
    .option("--silenced", "only those about which nothing is told for now")
    .option("--limit <count>", "at most so many", "50")
    .option("--json", "JSON lines, as the API gives them")
    .action((options: ListOptions) => list(options, parts));
  withConfigOption(incidents.command("show <number>"))
    .description(incidentsShow.help)
    .option("--json", "one JSON line, as the API gives it")
    .action((number: string, options: ShowOptions) => show(number, options, parts));
}

function list(options: ListOptions, parts: StoreCommandParts): Promise<void> {
  const { config, json, all, severity, kind, subject, silenced, limit } = options;
  const unresolved: IncidentState[] = ["open", "recovered"];
  const state = options.state ?? (all === true ? undefined : unresolved);
  const given = { state, severity, kind, subject, silenced, limit };
  const asked = argumentsOf(incidentsList, given);
  return readingStore(config, parts, async (store) => {
    const { incidents, more, isAnySourceRead } = await incidentsList.handle(asked, { store });
    const { cli } = parts;
    if (json === true) for (const incident of incidents) cli.print(JSON.stringify(incident));
    else if (incidents.length > 0) for (const line of incidentTable(incidents)) cli.print(line);
    else cli.say(isAnySourceRead ? nothing(options) : unread);
    if (more) cli.say(`There are more than ${limit}; --limit takes up to 9999.`);
  });
}

const unread =
  "No daemon has read a source into this store yet, so nothing is known. Start it: driftwarden run.";

/** Distinguishes a filter without a match from a store without incidents. */
function nothing({ state, all, severity, kind, subject, silenced }: ListOptions): string {
  const filtered = [state, severity, kind, subject, silenced].some(
    (filter) => filter !== undefined,
  );
  if (filtered) return "No incident fits what was asked for.";
  return all === true
    ? "There has been no incident yet."
    : "Nothing is wrong now. --all lists resolved incidents too.";
}

function show(
  number: string,
  { config, json }: ShowOptions,
  parts: StoreCommandParts,
): Promise<void> {
  const asked = argumentsOf(incidentsShow, { incident: number }, ["incident"]);
  return readingStore(config, parts, async (store) => {
    const incident = await incidentsShow.handle(asked, { store });
    if (incident === undefined) {
      throw new CliError("DW_CLI_USAGE", `there is no incident ${number}`, {
        hint: "Take a number that driftwarden incidents list --all shows.",
      });
    }
    if (json === true) parts.cli.print(JSON.stringify(incident));
    else for (const line of incidentLines(incident)) parts.cli.print(line);
  });
}
