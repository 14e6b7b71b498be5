/** Writes an entry of `detection.overrides:` as text that can be pasted into the file. */
import { stringify } from "yaml";

/** @param override keys as in the file */
export const overrideYaml = (override: Readonly<Record<string, unknown>>): readonly string[] =>
  stringify({ detection: { overrides: [override] } })
    .trimEnd()
    .split("\n");
