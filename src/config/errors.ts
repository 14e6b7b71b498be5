/** The errors of a wrong configuration and of its secrets. */
import { DriftwardenError, type DriftwardenErrorOptions } from "../errors.ts";

/** One thing that is wrong in the file, at its place. Never holds a value that could be a secret. */
export interface Problem {
  /** Counts from 1; undefined when the place is not in the file. */
  readonly line: number | undefined;
  /** Dotted path of the key, for example `sources.main.poll_interval`; empty for the file itself. */
  readonly path: string;
  readonly message: string;
  /** The code of a kind of problem that has its own, such as an address. Default: DW_CONFIG_INVALID. */
  readonly code?: `DW_${string}` | undefined;
  /** What to do, where the message does not say it. */
  readonly hint?: string | undefined;
}

interface ConfigErrorOptions extends DriftwardenErrorOptions {
  readonly problems?: readonly Problem[];
}

/** The configuration cannot be used; `problems` names every reason at once. */
export class ConfigError extends DriftwardenError<
  "DW_CONFIG_INVALID" | "DW_CONFIG_UNREADABLE" | "DW_CONFIG_SECRET"
> {
  readonly problems: readonly Problem[];

  constructor(code: ConfigError["code"], message: string, options: ConfigErrorOptions) {
    super(code, message, options);
    this.problems = options.problems ?? [];
  }
}

/** A problem as one line: `line 12: sources.main: …`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? "" : `line ${problem.line}: `;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === undefined ? "" : `. ${problem.hint}`;
  return `${place}${path}${problem.message}${hint}`;
}
