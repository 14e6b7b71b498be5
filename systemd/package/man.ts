/** The manual page driftwarden(1), written from the help of the built command line, so that it says the same. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Project } from "./project.ts";

interface Help {
  readonly usage: string;
  readonly description: string;
  /** Title to entries, such as Options and Commands. */
  readonly lists: ReadonlyMap<string, readonly Entry[]>;
}

interface Entry {
  readonly term: string;
  readonly text: string;
}

/** @returns the page as roff, its date that of the newest commit */
export function manualPage(project: Project): string {
  const { root, version, epoch } = project;
  const helpOf = (words: readonly string[]): Help =>
    parseHelp(
      execFileSync(process.execPath, [join(root, "dist/src/main.js"), ...words, "--help"], {
        encoding: "utf8",
        env: { ...process.env, DRIFTWARDEN_CONFIG: "" },
      }),
    );
  const top = helpOf([]);
  const date = new Date(epoch * 1000).toISOString().slice(0, 10);
  return [
    `.TH DRIFTWARDEN 1 ${date} "driftwarden ${version}" "User Commands"`,
    ".SH NAME",
    `driftwarden \\- ${roff(top.description.replace(/\.$/, "").replace(/^W/, "w"))}`,
    ".SH SYNOPSIS",
    ".B driftwarden",
    ".RI [ options ]",
    ".I command",
    ".RI [ arguments ]",
    ".SH DESCRIPTION",
    description,
    ".SH COMMANDS",
    ...commandsOf(top).flatMap((name) => sectionsOf([name], helpOf)),
    closing,
    "",
  ].join("\n");
}

/** A section for a command, and one for each of its subcommands. */
function sectionsOf(
  words: readonly string[],
  helpOf: (words: readonly string[]) => Help,
): readonly string[] {
  const help = helpOf(words);
  return [
    `.SS ${roff(help.usage)}`,
    roff(help.description),
    ...["Arguments", "Options"].flatMap((title) =>
      (help.lists.get(title) ?? [])
        .filter(({ term }) => term !== "-h, --help")
        .flatMap(({ term, text }) => [".TP", `.B ${roff(term)}`, roff(text)]),
    ),
    ...commandsOf(help).flatMap((name) => sectionsOf([...words, name], helpOf)),
  ];
}

function commandsOf(help: Help): readonly string[] {
  const terms = (help.lists.get("Commands") ?? []).map(({ term }) => term.split(" ")[0] ?? "");
  return terms.filter((name) => name !== "help");
}

/** Reads what commander prints: usage, description, then lists of two columns. */
function parseHelp(text: string): Help {
  const [usage = "", description = "", ...blocks] = text.trimEnd().split(/\n\n+/);
  const lists = blocks.map((block) => {
    const [title = "", ...lines] = block.split("\n");
    return [title.replace(/:$/, ""), entriesOf(lines)] as const;
  });
  return {
    usage: usage.replace(/^Usage: /, "").replaceAll(/\s+/g, " "),
    description: description.replaceAll(/\s+/g, " "),
    lists: new Map(lists),
  };
}

/** An entry starts two columns in; what is further in goes on with it. */
function entriesOf(lines: readonly string[]): readonly Entry[] {
  const entries: { term: string; text: string }[] = [];
  for (const line of lines) {
    const [, term, text = ""] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    const last = entries.at(-1);
    if (term !== undefined) entries.push({ term, text });
    else if (last !== undefined) last.text = `${last.text} ${line.trim()}`.trim();
  }
  return entries;
}

/** Text as roff: its control characters are printed, not obeyed. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1");
}

const description = `Driftwarden polls feature importances from Postgres and lets online detectors judge them. It opens one Jira ticket for
each fault, and restarts the containers that its configuration allows.
.PP
The service
.B driftwarden.service
runs
.BR "driftwarden run" .
The service
.B driftwarden\\-executor.service
runs
.B driftwarden executor
and acts on containers for it. Neither is enabled when the package is installed.`;

const closing = `.SH EXIT STATUS
.TP
.B 0
Fine.
.TP
.B 1
A check found a failure.
.TP
.B 2
The usage is wrong, or a file cannot be read.
.TP
.B 75
The store, a database or the broker was not reached in time.
.TP
.B 78
The configuration is wrong. systemd does not start the service again.
.SH FILES
.TP
.I /etc/driftwarden/driftwarden.yaml
The configuration.
.TP
.I /etc/driftwarden/executor.yaml
The limits of the executor.
.TP
.I /etc/driftwarden/credentials/
One file for each secret, readable by root only.
.TP
.I /usr/share/doc/driftwarden/
How to set it up, every key with its default, and the meaning of each code.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)`;
