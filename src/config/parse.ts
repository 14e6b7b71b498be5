/** Turns the text of the file into a checked configuration, or into the list of everything that is wrong with it. */
import { ConfigError, formatProblem, type Problem } from "./errors.ts";
import { missingSections, ownParts, type Remediations } from "./fixes.ts";
import { describeIssues, type Path, valueAt } from "./issues.ts";
import { moveKeys } from "./moved-keys.ts";
import { type Config, configSchema } from "./schema.ts";
import { secretProblem } from "./secret.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

export interface ParseOptions {
  /** Stands in messages. */
  readonly file: string;
  /** By name, from the registry. */
  readonly remediations: Remediations;
  /** Whether the files that hold secrets are opened and looked at too. Default: no. */
  readonly secrets?: "checked" | "not read";
  /** Told of everything that is read but should be changed. */
  readonly onWarning?: ((warning: Problem) => void) | undefined;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

function problemAt(yaml: YamlSource, path: Path, message: string): Problem {
  return { line: yaml.lineOf(path), path: path.join("."), message };
}

/** Every `*_file` in the file that cannot serve. */
function secretProblems(value: unknown, yaml: YamlSource, path: Path = []): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): Problem[] => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (!key.endsWith("_file") || typeof inner !== "string" || !inner.startsWith("/")) {
      return secretProblems(inner, yaml, here);
    }
    const message = secretProblem(inner);
    return message === undefined ? [] : [problemAt(yaml, here, message)];
  });
}

function invalid(file: string, problems: readonly Problem[]): ConfigError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
  const list = sorted.map((problem) => `\n  ${formatProblem(problem)}`).join("");
  return new ConfigError("DW_CONFIG_INVALID", `${file} has ${count}:${list}`, {
    hint: `Correct the file, then run driftwarden check --config ${file}.`,
    problems: sorted,
  });
}

/** A section whose every key is commented out counts as left out. */
function withoutEmptySections(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

/**
 * Parses and checks a configuration, strictly: a key that is not known is a problem.
 *
 * @param text YAML
 * @returns deeply frozen
 * @throws ConfigError DW_CONFIG_INVALID with every problem at once, each with its line and path
 */
export function parseConfig(text: string, options: ParseOptions): Config {
  const yaml = readYaml(text);
  if (yaml.problems.length > 0) throw invalid(options.file, yaml.problems);
  const moved = moveKeys(withoutEmptySections(yaml.value));
  const { input } = moved;
  const result = configSchema.safeParse(input);
  const own = ownParts(valueAt(input, ["fixes"]), options.remediations);
  const failed = { issues: result.error?.issues ?? [], schema: configSchema, input };
  const described = [
    ...describeIssues(failed),
    ...own.flatMap(({ issues }, index) =>
      issues.map(({ path, message }) => ({ path: ["fixes", index, ...path], message })),
    ),
    ...missingSections(input, options.remediations),
    ...moved.problems,
  ];
  const problems = [
    ...described.map(({ path, message }) => problemAt(yaml, moved.placeInFile(path), message)),
    ...(options.secrets === "checked" ? secretProblems(input, yaml) : []),
  ];
  if (problems.length > 0 || !result.success) throw invalid(options.file, problems);
  for (const { path, message } of moved.warnings) {
    options.onWarning?.(problemAt(yaml, path, message));
  }
  const fixes = result.data.fixes.map((fix, index) => ({ ...fix, options: own[index]?.options }));
  return deepFreeze({ ...result.data, fixes });
}
