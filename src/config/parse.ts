/** Turns the text of the file into a checked configuration, or into the list of everything that is wrong with it. */

import { postgresAddressProblem } from "../address.ts";
import { counted } from "../plural.ts";
import { certificateProblem, privateKeyProblem } from "./certificate.ts";
import { twoSockets } from "./docker.ts";
import { ConfigError, formatProblem, type Problem } from "./errors.ts";
import { missingSections, ownParts, type Remediations } from "./fixes.ts";
import { type Described, describeIssues, type Path, valueAt } from "./issues.ts";
import { moveKeys } from "./moved-keys.ts";
import { type Config, configSchema } from "./schema.ts";
import { readSecret, secretProblem } from "./secret.ts";
import { serviceProblems } from "./services.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

export interface ParseOptions {
  /** Stands in messages. */
  readonly file: string;
  /** By name, from the registry. */
  readonly remediations: Remediations;
  /** Whether the files that hold secrets are opened and looked at too. Default: no. */
  readonly secrets?: "checked" | "not read";
  /** Called for each key that is read but should be changed. */
  readonly onWarning?: ((warning: Problem) => void) | undefined;
  /** Called with a function that returns the line of a key, by its dotted path. */
  readonly onLines?: ((lineOf: (path: string) => number | undefined) => void) | undefined;
}

/** Frozen as a whole, so that no part changes what the others read. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** A problem at its line. */
export function problemAt(
  yaml: YamlSource,
  path: Path,
  described: Omit<Described, "path">,
): Problem {
  return { ...described, line: yaml.lineOf(path), path: path.join(".") };
}

/** The problems of all files that keys ending in `_file` name. */
function secretProblems(value: unknown, yaml: YamlSource, path: Path = []): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): Problem[] => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (!key.endsWith("_file") || typeof inner !== "string" || !inner.startsWith("/")) {
      return secretProblems(inner, yaml, here);
    }
    const problem = fileProblem(key, inner);
    return problem === undefined ? [] : [problemAt(yaml, here, problem)];
  });
}

/** Certificates are public; everything else is a secret. */
function contentProblem(key: string, file: string): string | undefined {
  if (key === "ca_file" || key === "cert_file") return certificateProblem(file);
  const message = secretProblem(file);
  if (message !== undefined || key !== "key_file") return message;
  return privateKeyProblem(file, readSecret(file));
}

/** An address in a file of its own is checked like one in the configuration. */
function fileProblem(key: string, file: string): Omit<Described, "path"> | undefined {
  const message = contentProblem(key, file);
  if (message !== undefined) return { message, code: "DW_CONFIG_SECRET" };
  const wrong = key === "url_file" ? postgresAddressProblem(readSecret(file)) : undefined;
  return (
    wrong && {
      message: `the address in ${file} ${wrong.message}`,
      code: wrong.code,
      hint: wrong.hint,
    }
  );
}

/** All that is wrong with a file, in the order of its lines. */
export function invalidConfig(
  file: string,
  problems: readonly Problem[],
  next = `run driftwarden check --config ${file}`,
): ConfigError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const list = sorted.map((problem) => `\n  ${formatProblem(problem)}`).join("");
  return new ConfigError(
    "DW_CONFIG_INVALID",
    `${file} has ${counted(sorted.length, "problem")}:${list}`,
    {
      hint: `Correct the file, then ${next}.`,
      problems: sorted,
    },
  );
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
  if (yaml.problems.length > 0) throw invalidConfig(options.file, yaml.problems);
  const moved = moveKeys(withoutEmptySections(yaml.value));
  const { input } = moved;
  const result = configSchema.safeParse(input);
  const own = ownParts(valueAt(input, ["fixes"]), options.remediations);
  const failed = { issues: result.error?.issues ?? [], schema: configSchema, input };
  const described = [
    ...describeIssues(failed),
    ...own.flatMap(({ issues }, index) =>
      issues.map((issue) => ({ ...issue, path: ["fixes", index, ...issue.path] })),
    ),
    ...missingSections(input, options.remediations),
    ...twoSockets(input),
    ...serviceProblems(input),
    ...moved.problems,
  ];
  const problems = [
    ...described.map(({ path, ...rest }) => problemAt(yaml, moved.placeInFile(path), rest)),
    ...(options.secrets === "checked" ? secretProblems(input, yaml) : []),
  ];
  if (problems.length > 0 || !result.success) throw invalidConfig(options.file, problems);
  for (const { path, ...rest } of moved.warnings) {
    options.onWarning?.(problemAt(yaml, path, rest));
  }
  options.onLines?.((path) => yaml.lineOf(moved.placeInFile(path.split("."))));
  const fixes = result.data.fixes.map((fix, index) => ({ ...fix, options: own[index]?.options }));
  return deepFreeze({ ...result.data, fixes });
}
