/** The manual page driftwarden(1), written from the help of the built command line, so that it says the same. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Project } from "./project.ts";

interface Help {
  readonly usage: string;
  readonly description: string;
  /** The entries of each list, by its title, such as Options or Commands. */
  readonly lists: ReadonlyMap<string, readonly Entry[]>;
}

interface Entry {
  readonly term: string;
  readonly text: string;
}

/** @returns the page as roff, its date that of the newest commit */
export function manualPage({ root, version, epoch }: Project): string {
  const help = execFileSync(process.execPath, [join(root, "dist/src/main.js"), "--help-all"], {
    encoding: "utf8",
    // The environment in which the package is made must not change the printed defaults.
    env: {},
  });
  return roffPage(help, { version, date: new Date(epoch * 1000).toISOString().slice(0, 10) });
}

/** @param allHelp what `driftwarden --help-all` prints: the help of the program, then of each command */
export function roffPage(
  allHelp: string,
  { version, date }: { readonly version: string; readonly date: string },
): string {
  const [top, ...commands] = allHelp.split(/^(?=Usage: )/m).map(parseHelp);
  return [
    `.TH DRIFTWARDEN 1 ${date} "driftwarden ${version}" "User Commands"`,
    ".SH NAME",
    `driftwarden \\- ${roff((top?.description ?? "").replace(/\.$/, "").replace(/^W/, "w"))}`,
    ".SH SYNOPSIS",
    ".B driftwarden",
    ".RI [ options ]",
    ".I command",
    ".RI [ arguments ]",
    ".SH DESCRIPTION",
    description,
    ".SH COMMANDS",
    ...commands.flatMap(sectionOf),
    closing,
    "",
  ].join("\n");
}

function sectionOf({ usage, description: text, lists }: Help): readonly string[] {
  const entries = ["Arguments", "Options"].flatMap((title) => lists.get(title) ?? []);
  return [
    `.SS ${roff(usage)}`,
    roff(text),
    ...entries
      .filter(({ term }) => term !== "-h, --help")
      .flatMap((entry) => [".TP", `.B ${roff(entry.term)}`, roff(entry.text)]),
  ];
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

/** An entry is indented by two spaces. Lines that are indented further continue it. */
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

/** Escapes a text for roff, so that roff prints its control characters. */
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
