/** A freeze: for a time no fix runs, or none that matches. Plain data, and the rules of its beginning and end. Pure. */
import { nearest } from "../nearest.ts";
import { printable } from "../printable.ts";
import type { Matchers } from "./matchers.ts";

/** While a freeze holds, detection and tickets go on, and so do runs that act already. */
export interface Freeze {
  /** Id of the command that declared it. */
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  /** Name of who declared it. */
  readonly by: string;
  readonly atMs: number;
  /** Every freeze ends, ms since 1970. */
  readonly untilMs: number;
  readonly matchers: Matchers;
  /** When a person ended it before its time; null where nobody did. */
  readonly endedAtMs: number | null;
  readonly endedBy: string | null;
}

/** What a person asks for. */
export interface AskedFreeze extends Pick<Freeze, "id" | "reason" | "by" | "untilMs"> {
  /** Left out: the next free number. */
  readonly name?: string | undefined;
  readonly matchers?: Matchers;
}

/** The moment of a freeze. */
export interface FreezeMoment {
  readonly nowMs: number;
  /** The freezes that hold. */
  readonly freezes: readonly Freeze[];
}

/** Why a freeze does not begin or end. */
export interface FreezeProblem {
  readonly code: "bad_arguments" | "taken_name" | "unknown_freeze" | "nothing_to_do" | "several";
  /** Sentences that end with a full stop. Names in them are printable. */
  readonly problem: string;
}

const shortestFreezeMs = 60_000;
const longestFreezeMs = 7 * 86_400_000;
const longestName = 60;
const longestReason = 1000;
const numbered = "freeze-";

/** Whether the freeze holds. Its start is not checked: clocks may differ, and it was declared before it was read. */
export function isInForce({ untilMs, endedAtMs }: Freeze, nowMs: number): boolean {
  // Written so that a freeze whose end is not a number holds.
  return endedAtMs === null && !(untilMs <= nowMs);
}

/** The freeze that begins, or why none does. */
export function newFreeze(
  { name: given, matchers = {}, ...asked }: AskedFreeze,
  { nowMs, freezes }: FreezeMoment,
): Freeze | FreezeProblem {
  const name = given?.trim() ?? nextNumber(freezes);
  const reason = asked.reason.trim();
  const problem =
    textProblem("name", name, longestName) ??
    textProblem("reason", reason, longestReason) ??
    timeProblem(asked.untilMs - nowMs);
  if (problem !== undefined) return { code: "bad_arguments", problem };
  const taken = freezes.find((freeze) => isCalled(freeze, name));
  if (taken === undefined)
    return { ...asked, name, reason, matchers, atMs: nowMs, endedAtMs: null, endedBy: null };
  const rule = "Each name is used once at a time. Choose another name, or end that one first.";
  return { code: "taken_name", problem: `${freezeText(taken)}. ${rule}` };
}

/**
 * The freeze that a person means. Without a name it is the only one that holds, if its name begins with `freeze-`.
 */
export function freezeToEnd(name: string, freezes: readonly Freeze[]): Freeze | FreezeProblem {
  const wanted = name.trim();
  const [only, ...more] = freezes;
  if (only === undefined) return { code: "nothing_to_do", problem: "No freeze holds." };
  const holding = freezes.slice(0, 10).map(freezeText).join("; ");
  if (wanted === "") {
    if (more.length === 0 && only.name.startsWith(numbered)) return only;
    return { code: "several", problem: `Say its name. Now holds: ${holding}.` };
  }
  const found = freezes.find((freeze) => isCalled(freeze, wanted));
  if (found !== undefined) return found;
  const meant = nearest(
    wanted,
    freezes.map((freeze) => freeze.name),
  );
  const did = meant === undefined ? "" : ` Did you mean ${quoted(meant)}?`;
  const problem = `No freeze that holds is called ${quoted(wanted)}.${did} Now holds: ${holding}.`;
  return { code: "unknown_freeze", problem };
}

/** `The freeze "black friday" by sarah holds until 2026-11-30T08:00:00.000Z`. */
export function freezeText({ name, by, untilMs }: Freeze): string {
  return `The freeze ${quoted(name)} by ${printable(by)} holds until ${new Date(untilMs).toISOString()}`;
}

const isCalled = ({ name }: Freeze, wanted: string): boolean =>
  name.toLowerCase() === wanted.toLowerCase();

const quoted = (name: string): string =>
  `"${printable(name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name)}"`;

function nextNumber(freezes: readonly Freeze[]): string {
  const names = Array.from({ length: freezes.length + 1 }, (_, i) => `${numbered}${i + 1}`);
  return names.find((name) => !freezes.some((freeze) => isCalled(freeze, name))) ?? numbered;
}

function textProblem(what: string, text: string, longest: number): string | undefined {
  if (text === "") return `The ${what} of the freeze is missing.`;
  if (text.length > longest)
    return `The ${what} of the freeze is longer than ${longest} characters.`;
  if (printable(text) !== text)
    return `The ${what} of the freeze holds control characters, or others that cannot be seen.`;
  return undefined;
}

function timeProblem(lastsMs: number): string | undefined {
  if (lastsMs <= 0) return "The end of the freeze has passed.";
  if (lastsMs >= shortestFreezeMs && lastsMs <= longestFreezeMs) return undefined;
  return "A freeze lasts from 1m to 7d. What shall last longer is declared again, or stands in the configuration as mode: off.";
}
