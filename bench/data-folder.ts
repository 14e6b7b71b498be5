/** Finds the data folder beside the project. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { leftOut } from "./line.ts";

const folder = process.env["DRIFTWARDEN_DATA"] ?? resolve(import.meta.dirname, "../../shared/data");

/** @returns the path inside the data folder; undefined if it is missing, which is reported on stderr */
export function dataPath(...parts: readonly string[]): string | undefined {
  const path = join(folder, ...parts);
  if (existsSync(path)) return path;
  leftOut(parts.join("/"), `${path}; DRIFTWARDEN_DATA names another folder`);
  return undefined;
}
