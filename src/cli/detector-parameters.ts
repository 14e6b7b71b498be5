/** The options `--detector` and `--set`: one detector by name, and its parameters. */
import type { DetectorType } from "../../detectors/detector.ts";
import { detectorNamed } from "../detection/baseline/default-detectors.ts";
import { DetectionError } from "../detection/errors.ts";
import { messageOf } from "../errors.ts";
import { CliError } from "./errors.ts";

/** @throws CliError DW_CLI_USAGE when there is none of that name */
export function detectorAsked(
  types: readonly DetectorType<unknown>[],
  name: string,
): DetectorType<unknown> {
  try {
    return detectorNamed(types, name);
  } catch (error) {
    if (error instanceof DetectionError) throw usage(error.message, error.hint);
    throw error;
  }
}

/**
 * @param set each `key=JSON`
 * @param names the features in their order
 * @throws CliError DW_CLI_USAGE when one is no parameter of the detector
 */
export function parametersOf(
  type: DetectorType<unknown>,
  set: readonly string[],
  names: readonly string[],
): unknown {
  const given = Object.fromEntries(set.map(settingOf));
  // Limits are given by feature name. A detector does not know names, so they are passed with the limits.
  const input = "limits" in given && !("features" in given) ? { ...given, features: names } : given;
  const parsed = type.params.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  throw usage(
    `parameters of ${type.name}: ${problems.join("; ")}`,
    "Each --set takes key=JSON, for example --set window_size=100.",
  );
}

function settingOf(text: string): [string, unknown] {
  const at = text.indexOf("=");
  try {
    if (at < 1) throw new SyntaxError("there is no key before =");
    return [text.slice(0, at), JSON.parse(text.slice(at + 1))];
  } catch (error) {
    throw usage(
      `--set ${text}: ${messageOf(error)}`,
      "Write key=JSON, for example --set n_trees=25.",
    );
  }
}

function usage(message: string, hint: string): CliError {
  return new CliError("DW_CLI_USAGE", message, { hint });
}
