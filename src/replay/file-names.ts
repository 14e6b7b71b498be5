/** Reads names from the cells of a file by the daemon's rules. */
import { maxNameBytes } from "../source/drop-reasons.ts";
import { keptName } from "../source/rows.ts";
import { isNullName } from "./cells.ts";

/** Why a row cannot be used. */
export interface BadRow {
  readonly reason: string;
  readonly seen: string;
}

type NameKind = keyof typeof maxNameBytes;

/** Checks each name once, not once a row. */
export class FileNames {
  readonly #kept = { feature: new Map<string, string>(), model: new Map<string, string>() };

  /** The name in a cell without unprintable characters; or why it cannot be used. */
  of(kind: NameKind, cell: string): string | BadRow {
    const known = this.#kept[kind].get(cell);
    if (known !== undefined) return known;
    if (isNullName(cell)) return { reason: `null_${kind}`, seen: `there is no ${kind}` };
    const kept = keptName(kind, cell);
    if (kept === undefined) return longName(kind, cell);
    this.#kept[kind].set(cell, kept);
    return kept;
  }
}

const longName = (kind: NameKind, cell: string): BadRow => ({
  reason: `long_${kind}`,
  seen: `the name of the ${kind} has ${Buffer.byteLength(cell)} bytes, more than ${maxNameBytes[kind]}: ${JSON.stringify(cell.slice(0, 100))}`,
});
