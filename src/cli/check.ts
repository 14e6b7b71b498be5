/** `driftwarden check`, `driftwarden doctor`: says whether a configuration is right, and whether what it names works. */
import { type Command, Option } from "commander";
import type { Problem } from "../config/errors.ts";
import { ConfigError } from "../config/errors.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { CheckFinding } from "../finding.ts";
import { configFacts } from "./check-facts.ts";
import { type CheckedPart, jsonLine, summaryLine, textLine } from "./check-lines.ts";
import type { Cli } from "./cli.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";

export interface CheckParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  /** What each fix may do at most, in the order of the configuration. */
  readonly budgetTexts: (config: Config) => readonly string[];
  readonly checksOf: (config: Config) => readonly PartLook[];
  /**
   * The same parts, and those of `doctor`; with `send` also one test message. Undefined if the receiver that `send`
   * names is not configured.
   */
  readonly doctorChecksOf: (config: Config, send?: string) => readonly PartLook[] | undefined;
}

interface PartLook {
  readonly part: string;
  readonly look: () => Promise<readonly CheckFinding[]>;
}

interface CheckOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly offline?: boolean;
  readonly send?: string;
}

/** Which of the two commands runs. `doctor` checks more, and its lines say whom to ask. */
interface Which extends CheckOptions {
  readonly isDoctor: boolean;
}

/** Exit code 78 when the configuration is wrong, 1 when something it names does not work. It writes nothing anywhere. */
export function registerCheck(program: Command, parts: CheckParts): void {
  const check = program
    .command("check")
    .description("say whether the configuration is right, and whether everything it names works");
  const doctor = program
    .command("doctor")
    .description("everything that check says, and whether this machine is fit to run the daemon")
    .addOption(
      new Option(
        "--send [place]",
        "send one test message: alertmanager posts an alert that ends by itself, jira creates an issue and closes it",
      )
        .choices(["alertmanager", "jira"])
        .preset("alertmanager")
        .conflicts("offline"),
    );
  for (const command of [check, doctor]) {
    withConfigOption(command)
      .option("--offline", "read the file alone, connect to nothing")
      .option("--json", "a JSON line for each finding")
      .action((options: CheckOptions) => look({ ...options, isDoctor: command === doctor }, parts));
  }
}

interface Read {
  readonly config: Config;
  readonly warnings: readonly Problem[];
  readonly lineOf: (path: string) => number | undefined;
}

async function look(options: Which, parts: CheckParts): Promise<void> {
  const { cli } = parts;
  const shown = shownIn(options, cli);
  let read: Read;
  let isConfigRight = true;
  try {
    read = readConfig(options.config, parts, "checked");
  } catch (error) {
    if (!(error instanceof ConfigError) || error.problems.length === 0) throw error;
    shown.all(error.problems.map((problem) => configProblem(problem)));
    isConfigRight = false;
    cli.exitWith(78);
    if (!options.isDoctor || error.problems.some(({ code }) => code !== "DW_CONFIG_SECRET"))
      return shown.end();
    // Each part that needs the secret says so in its own line. The other parts can be checked without it.
    read = readConfig(options.config, parts, "not read");
  }
  const { config, warnings, lineOf } = read;
  shown.all(warnings.map((warning) => configWarning(warning)));
  if (options.offline === true) {
    shown.all(configFacts(config, { file: options.config, budgets: parts.budgetTexts(config) }));
  } else {
    const looks = looksOf(config, options, parts).map(async (one) => ({
      part: one.part,
      found: await one.look(),
    }));
    for (const looked of looks) {
      const { part, found } = await looked;
      shown.all(found.map((finding) => ({ ...finding, part, line: lineOfKey(finding, lineOf) })));
    }
  }
  shown.end();
  if (isConfigRight && shown.wrong() > 0) cli.exitWith(1);
}

function looksOf(
  config: Config,
  { isDoctor, send }: Which,
  { checksOf, doctorChecksOf }: CheckParts,
): readonly PartLook[] {
  const looks = isDoctor ? doctorChecksOf(config, send) : checksOf(config);
  if (looks !== undefined) return looks;
  throw new CliError("DW_CLI_USAGE", `--send ${send}: the configuration has no section ${send}:`, {
    hint: "Name a place that is configured: --send alertmanager or --send jira.",
  });
}

function readConfig(
  file: string,
  { remediations }: CheckParts,
  secrets: "checked" | "not read",
): Read {
  const warnings: Problem[] = [];
  let lineOf: Read["lineOf"] = noLine;
  const config = loadConfig(file, remediations, {
    secrets,
    onWarning: (warning) => void warnings.push(warning),
    onLines: (lines) => {
      lineOf = lines;
    },
  });
  return { config, warnings, lineOf };
}

function lineOfKey(
  { key, ok, doubtful }: CheckFinding,
  lineOf: Read["lineOf"],
): number | undefined {
  return key === undefined || (ok && !doubtful) ? undefined : lineOf(key);
}

function configProblem(problem: Problem): CheckedPart {
  const { path, line, message, code = "DW_CONFIG_INVALID", hint = null } = problem;
  const named = path === "" ? message : `${path}: ${message}`;
  return {
    part: "config",
    check: path,
    ok: false,
    doubtful: false,
    code,
    message: named,
    hint,
    line,
  };
}

function configWarning({ path, line, message }: Problem): CheckedPart {
  const hint = "Write it at its new place.";
  return {
    part: "config",
    check: path,
    ok: true,
    doubtful: true,
    code: null,
    message: `${path}: ${message}`,
    hint,
    line,
  };
}

interface Printing {
  all(findings: readonly CheckedPart[]): void;
  wrong(): number;
  end(): void;
}

function shownIn({ json, offline, send, isDoctor }: Which, cli: Cli): Printing {
  const all: CheckedPart[] = [];
  const withAsk = isDoctor;
  return {
    all(findings) {
      for (const finding of findings) {
        if (all.some((other) => isSame(other, finding))) continue;
        all.push(finding);
        cli.print(json === true ? jsonLine(finding, { withAsk }) : textLine(finding, { withAsk }));
      }
    },
    wrong: () => all.filter(({ ok }) => !ok).length,
    end() {
      const arrived = all.some(({ check, ok }) => check === "sent" && ok);
      const sent = send === undefined ? undefined : arrived;
      const how = { offline: offline === true, sent };
      if (json !== true) cli.print(summaryLine(all, how));
    },
  };
}

/** Two parts that use the same server fail in the same way. The failure is printed once. */
const isSame = (one: CheckedPart, other: CheckedPart): boolean =>
  !one.ok && one.part === other.part && one.code === other.code && one.message === other.message;

const noLine = (): undefined => undefined;
