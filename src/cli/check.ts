/** `driftwarden check`: says whether a configuration is right, and what it would do. */
import type { Command } from "commander";
import { ConfigError, formatProblem, type Problem } from "../config/errors.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { formatDuration } from "../duration.ts";
import type { Cli } from "./cli.ts";

export interface CheckParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
}

interface CheckOptions {
  readonly config: string;
  readonly json?: boolean;
}

/**
 * Names every problem of a configuration at once, each with its line. When there is none it says what is watched, with
 * which transform, and which fixes would act by themselves.
 */
export function registerCheck(program: Command, parts: CheckParts): void {
  program
    .command("check")
    .description("say whether a configuration is right, and what it would do")
    .requiredOption("--config <file>", "the configuration")
    .option("--json", "print JSON lines: a problem, warning, source or fix a line")
    .action((options: CheckOptions) => check(options, parts));
}

function check(options: CheckOptions, { cli, remediations }: CheckParts): void {
  const print = options.json === true ? (fact: Fact) => cli.print(JSON.stringify(fact)) : undefined;
  try {
    const warnings: Problem[] = [];
    const onWarning = (warning: Problem): void => void warnings.push(warning);
    const facts = factsOf(loadConfig(options.config, remediations, { onWarning }));
    warnings.forEach((warning) => cli.print(warningText(warning, options)));
    facts.forEach(print ?? ((fact) => cli.print(sentence(fact))));
    if (print === undefined) cli.print(`${options.config} is right`);
  } catch (error) {
    if (print !== undefined && error instanceof ConfigError) {
      error.problems.forEach(({ line, path, message }) => {
        cli.print(JSON.stringify({ problem: message, path, line: line ?? null }));
      });
    }
    throw error;
  }
}

function warningText(warning: Problem, { json }: CheckOptions): string {
  if (json !== true) return formatProblem(warning);
  const { line, path, message } = warning;
  return JSON.stringify({ warning: message, path, line: line ?? null });
}

/** What the configuration would do, one thing each. */
type Fact =
  | {
      readonly source: string;
      readonly transform: string;
      readonly table: string;
      readonly every: string;
      readonly overlap: string;
    }
  | {
      readonly fix: string;
      readonly mode: string;
      readonly do: string;
      readonly options: unknown;
      readonly max_runs: string;
    };

function factsOf(config: Config): readonly Fact[] {
  return [
    ...Object.entries(config.sources).map(
      ([source, { transform, table, poll_interval, overlap }]) => ({
        source,
        transform,
        table,
        every: formatDuration(poll_interval),
        overlap: formatDuration(overlap),
      }),
    ),
    ...config.fixes.map(({ name, mode, do: remediation, options, max_runs }) => ({
      fix: name,
      mode,
      do: remediation,
      options,
      max_runs: `${max_runs.runs} per ${formatDuration(max_runs.windowMs)}`,
    })),
  ];
}

const consequence: Readonly<Record<string, string>> = {
  auto: "ACTS BY ITSELF",
  observe: "only says what it would do",
  off: "is switched off",
};

const transforms: Readonly<Record<string, string>> = {
  auto: "auto (common_scale, or none for a model with fewer than three features)",
};

const overlapPrice = (overlap: string): string =>
  `if that is a view, a foreign or a partitioned table, rows that commit later than ${overlap} after their timestamp are missed, every poll reads the last ${overlap} again, and detection runs that far behind`;

function sentence(fact: Fact): string {
  if ("source" in fact) {
    const { source, table, every, transform, overlap } = fact;
    const how = `reads ${table} every ${every}, transform ${transforms[transform] ?? transform}`;
    return `source ${source}: ${how}; ${overlapPrice(overlap)}`;
  }
  const act = `${fact.do} ${JSON.stringify(fact.options)}`;
  return `fix ${fact.fix}: ${consequence[fact.mode]}, ${act}, at most ${fact.max_runs} on whatever target`;
}
