/** Reads secrets from files of their own, at each use, so a rotated one counts at once. */
import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../errors.ts";
import { ConfigError } from "./errors.ts";

const maxBytes = 65_536;

/**
 * Why a file cannot serve as a secret, one clause; undefined when it can.
 */
export function secretProblem(file: string): string | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return `${file} is not a plain file`;
    if (stat.size > maxBytes) return `${file} is larger than ${maxBytes} bytes`;
    const open = openTo(file, stat);
    if (open !== undefined) return open;
    return readFileSync(file, "utf8").trim() === "" ? `${file} is empty` : undefined;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

/** Who but its owner could read or change the file, one clause; undefined when nobody could. */
function openTo(file: string, { mode, uid }: Stats): string | undefined {
  if ((mode & 0o007) !== 0) return `everybody on this machine may open ${file}; chmod 600 it`;
  if ((mode & 0o020) !== 0) return `the group of ${file} may change it; chmod 600 it`;
  const mine = process.getuid?.() ?? uid;
  if (![0, mine].includes(uid)) {
    return `${file} belongs to another user, who may change it; chown it to the service's user`;
  }
  const folder = dirname(file);
  return (statSync(folder).mode & 0o002) === 0
    ? undefined
    : `everybody on this machine may put files into ${folder}; keep secrets in a folder of their own`;
}

/**
 * The content of a secret's file without white space around it.
 *
 * @throws ConfigError DW_CONFIG_SECRET when the file is missing, unreadable, empty or open to everybody
 */
export function readSecret(file: string): string {
  const problem = secretProblem(file);
  if (problem !== undefined) {
    throw new ConfigError("DW_CONFIG_SECRET", `reading a secret: ${problem}`, {
      hint: `Write the secret into ${file}, readable by the service's user only.`,
      retryable: true,
    });
  }
  return readFileSync(file, "utf8").trim();
}
