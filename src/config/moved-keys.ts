/** Keys that moved to another section. They are still read at their old place, with a warning. */
import type { Described, Path } from "./issues.ts";

interface Move {
  readonly from: readonly [section: string, key: string];
  readonly to: readonly [section: string, key: string];
}

const moves: readonly Move[] = ["resolve_after", "reopen_duration"].map((key) => ({
  from: ["jira", key],
  to: ["incidents", key],
}));

export interface MovedKeys {
  /** The file's content with every key at its new place. */
  readonly input: unknown;
  /** Keys that the file has at their old place. */
  readonly warnings: readonly Described[];
  /** Keys that the file has at both places. */
  readonly problems: readonly Described[];
  /** Where the file has what `input` has at a path. */
  placeInFile(path: Path): Path;
}

/** @param value the file's content */
export function moveKeys(value: unknown): MovedKeys {
  const found = moves.filter(({ from }) => hasKey(value, from));
  const twice = found.filter(({ to }) => hasKey(value, to));
  const once = found.filter(({ to }) => !hasKey(value, to));
  return {
    input: found.reduce(afterMove, value),
    warnings: once.map(({ from, to }) => ({
      path: from,
      message: `moved to ${to.join(".")}; it is still read here`,
    })),
    problems: twice.map(({ from, to }) => ({
      path: from,
      message: `moved to ${to.join(".")}, which is given too; leave this one out`,
    })),
    placeInFile: (path) =>
      once.find(({ to }) => to.every((part, i) => part === path[i]))?.from ?? path,
  };
}

/**
 * The input after one move. A value that is at the new place already stays. A section that is no map stays too, and the
 * schema reports it.
 */
function afterMove(input: unknown, { from, to }: Move): unknown {
  const [oldSection, oldKey] = from;
  const [section, key] = to;
  const before = isMap(input) ? input[oldSection] : undefined;
  if (!isMap(input) || !isMap(before)) return input;
  const { [oldKey]: value, ...others } = before;
  const there = input[section] ?? {};
  const after = isMap(there) ? { [key]: value, ...there } : there;
  return { ...input, [oldSection]: others, [section]: after };
}

function hasKey(value: unknown, [section, key]: Move["from"]): boolean {
  const map = isMap(value) ? value[section] : undefined;
  return isMap(map) && Object.hasOwn(map, key);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
