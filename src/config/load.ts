/** Reads the configuration's file. */
import { readFileSync } from "node:fs";
import { messageOf } from "../errors.ts";
import { decodeConfig } from "./encoding.ts";
import { ConfigError } from "./errors.ts";
import type { Remediations } from "./fixes.ts";
import { invalidConfig, type ParseOptions, parseConfig } from "./parse.ts";
import type { Config } from "./schema.ts";

/**
 * Reads and checks a configuration, and the files with secrets that it names.
 *
 * @param more `secrets` is `not read` for commands that use none of them, or only some; otherwise `checked`
 * @throws ConfigError DW_CONFIG_UNREADABLE when the file cannot be read, DW_CONFIG_INVALID with every problem at once
 */
export function loadConfig(
  file: string,
  remediations: Remediations,
  more: Pick<ParseOptions, "secrets" | "onWarning" | "onLines"> = {},
): Config {
  return parseConfig(readText(file), {
    file,
    remediations,
    secrets: "checked",
    ...more,
  });
}

const nameAnother =
  "Name a file that exists and may be read: --config FILE, or DRIFTWARDEN_CONFIG. The README shows the smallest one.";

/**
 * The text of a file.
 *
 * @param hint what to do when it cannot be read
 * @throws ConfigError DW_CONFIG_UNREADABLE
 */
export function readText(file: string, hint = nameAnother): string {
  try {
    const text = decodeConfig(readFileSync(file));
    if (typeof text === "string") return text;
    throw invalidConfig(file, [text]);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError("DW_CONFIG_UNREADABLE", `reading ${file}: ${messageOf(error)}`, {
      hint,
      cause: error,
    });
  }
}
