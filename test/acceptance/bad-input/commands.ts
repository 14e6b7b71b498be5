/** Command lines and configurations that end the program, each with its exit code and output. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface BadCommand {
  readonly what: string;
  readonly args: readonly string[];
  /** Files in the folder of the program, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly exit: 2 | 75 | 78;
  readonly code: `DW_${string}`;
  /** Texts of the output, apart from the hint: each must occur. */
  readonly says: readonly string[];
  readonly hint: string;
}

const config = (text: string): Readonly<Record<string, string>> => ({ "c.yaml": text });
const checked = ["run", "--config", "c.yaml"];
const store = "store: {url: postgres://u@127.0.0.1:1/d}\nsources: {main: {}}\n";
const started = `${store}http: {listen: "127.0.0.1:0"}\nstartup_timeout: 1s\n`;

const usage: readonly Omit<BadCommand, "exit" | "code">[] = [
  { what: "no command", args: [], says: ["no command"], hint: "driftwarden help" },
  { what: "an unknown command", args: ["rnu"], says: ["Did you mean run"], hint: "help COMMAND" },
  {
    what: "an unknown log format",
    args: ["run", "--log-format", "xml"],
    says: ["json"],
    hint: "help",
  },
  {
    what: "a time that is none",
    args: ["marker", "m", "retrain", "--config", "c.yaml", "--at", "noon"],
    files: config(store),
    says: ["--at noon"],
    hint: "Write it as 20",
  },
];

const unreadable: readonly Omit<BadCommand, "exit">[] = [
  {
    what: "no configuration",
    args: ["run"],
    code: "DW_CONFIG_UNREADABLE",
    says: ["/etc/driftwarden/driftwarden.yaml"],
    hint: "Name a file that exists",
  },
  ...["check", "run"].map((command) => ({
    what: `a configuration that is not there, for ${command}`,
    args: [command, "--config", "nowhere.yaml"],
    code: "DW_CONFIG_UNREADABLE" as const,
    says: ["nowhere.yaml"],
    hint: "Name a file that exists",
  })),
  {
    what: "a folder for a configuration",
    args: ["check", "--config", "."],
    code: "DW_CONFIG_UNREADABLE",
    says: ["EISDIR"],
    hint: "Name a file that exists",
  },
  ...["detect", "replay"].map((command) => ({
    what: `rows that are not there, for ${command}`,
    args: [command, "--csv", "nowhere.csv"],
    code: "DW_CLI_FILE" as const,
    says: ["nowhere.csv"],
    hint: "Check that the file exists",
  })),
  {
    what: "rows without their columns",
    args: ["replay", "--csv", "rows.csv"],
    files: { "rows.csv": "a,b\n1,2\n" },
    code: "DW_CLI_FILE",
    says: ["there is no column for the timestamp"],
    hint: "--columns timestamp=NAME",
  },
];

const wrong: readonly Omit<BadCommand, "exit">[] = [
  {
    what: "a configuration with a wrong type",
    args: checked,
    files: config(`${store}detection: {max_models: many}\n`),
    code: "DW_CONFIG_INVALID",
    says: ['line 3: detection.max_models: expected a whole number from 1 up, found "many"'],
    hint: "driftwarden check --config c.yaml",
  },
  {
    what: "unknown keys",
    args: checked,
    files: config(`${store}detektion: {}\njira: {proj: IR}\n`),
    code: "DW_CONFIG_INVALID",
    says: ["did you mean detection?", "did you mean project?"],
    hint: "Correct the file",
  },
  {
    what: "a secret's file that is missing",
    args: checked,
    files: config("store: {url_file: /nowhere/url}\nsources: {main: {}}\n"),
    code: "DW_CONFIG_INVALID",
    says: ["line 1: store.url_file: cannot be read: ENOENT"],
    hint: "Correct the file",
  },
  {
    what: "a source with a wrong name and wrong keys",
    args: checked,
    files: config("store: {url: postgres://h/d}\nsources: {Main: {page_rows: x}}\n"),
    code: "DW_CONFIG_INVALID",
    says: [
      "sources.Main: a source's name has",
      "sources.Main.page_rows: expected a whole number from 1 to 100000",
    ],
    hint: "Correct the file",
  },
  {
    what: "fixes without an engine to act through",
    args: ["run", "--config", "c.yaml"],
    files: config(
      `${store}fixes: [{name: a, when: {model: m}, do: restart-container, target: {label: a=b}}]\n`,
    ),
    code: "DW_CONFIG_INVALID",
    says: ["line 3: fixes: ", "add docker with its socket"],
    hint: "Correct the file",
  },
  {
    what: "no YAML at all",
    args: ["run", "--config", "c.yaml"],
    files: config("store: [\n"),
    code: "DW_CONFIG_INVALID",
    says: ["line 2"],
    hint: "Correct the file",
  },
];

export const badCommands: readonly BadCommand[] = [
  ...usage.map((row) => ({ ...row, exit: 2, code: "DW_CLI_USAGE" }) as const),
  ...unreadable.map((row) => ({ ...row, exit: 2 }) as const),
  ...wrong.map((row) => ({ ...row, exit: 78 }) as const),
  {
    what: "a store that cannot be reached",
    args: ["run", "--config", "c.yaml"],
    files: config(started),
    exit: 75,
    code: "DW_STORE_UNREACHABLE",
    says: ["127.0.0.1:1"],
    hint: "Check that the store's Postgres runs",
  },
];

/** Writes the files of a row into a folder of its own. */
export async function layOut(parent: string, row: BadCommand): Promise<string> {
  const folder = join(parent, row.what.replaceAll(/\W+/g, "-"));
  await mkdir(folder);
  for (const [name, text] of Object.entries(row.files ?? {})) {
    await writeFile(join(folder, name), text);
  }
  return folder;
}
