/** A freeze: for a time no fix runs, or none that matches. Plain data, and the rules for its start and end. Pure. */
import { isoToSecond } from "../iso-time.ts";
import { nearest } from "../nearest.ts";
import { printable } from "../printable.ts";
import type { Matchers } from "./matchers.ts";

/** While a freeze is in force, detection and tickets continue, and so do runs that act already. */
export interface Freeze {
  /** Id of the command that declared it. */
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  /** Name of the person who declared it. */
  readonly by: string;
  /** When it begins, ms since 1970: when it is declared, or later if it is planned. */
  readonly atMs: number;
  readonly declaredAtMs: number;
  /** When it ends, ms since 1970. Every freeze has an end. */
  readonly untilMs: number;
  readonly matchers: Matchers;
  /** When a person ended it early; null where nobody did. */
  readonly endedAtMs: number | null;
  readonly endedBy: string | null;
}

/** A freeze as a person requests it. */
export interface AskedFreeze extends Pick<Freeze, "id" | "reason" | "by" | "untilMs"> {
  /** Left out: the next free number. */
  readonly name?: string | undefined;
  /** When it begins, ms since 1970. Left out, or in the past: at once. */
  readonly fromMs?: number | undefined;
  readonly matchers?: Matchers;
}

/** The present time and freezes. */
export interface FreezeMoment {
  readonly nowMs: number;
  /** The freezes that are in force or planned. */
  readonly freezes: readonly Freeze[];
}

/** Why a freeze cannot be declared, or cannot be ended. */
export interface FreezeProblem {
  readonly code: "bad_arguments" | "taken_name" | "unknown_freeze" | "nothing_to_do" | "several";
  /** Sentences that end with a full stop. Names in them are printable. */
  readonly problem: string;
}

const shortestFreezeMs = 60_000;
const longestFreezeMs = 7 * 86_400_000;
const farthestStartMs = 366 * 86_400_000;
const longestName = 60;
const longestReason = 1000;
const numbered = "freeze-";

/** Whether the freeze is to begin later than it was declared, and has not begun. */
export function isPlanned({ atMs, declaredAtMs }: Freeze, nowMs: number): boolean {
  // A freeze without a planned start is in force by any clock. Clocks may differ, and it was declared before it was
  // read.
  return atMs > declaredAtMs && nowMs < atMs;
}

/** Whether the freeze is in force. */
export function isInForce(freeze: Freeze, nowMs: number): boolean {
  const { untilMs, endedAtMs } = freeze;
  // Written so that a freeze whose start or end is not a number is in force.
  return endedAtMs === null && !(untilMs <= nowMs) && !isPlanned(freeze, nowMs);
}

/** The new freeze, or why it cannot be declared. */
export function newFreeze(
  { name: given, matchers = {}, fromMs = nowOrBefore, ...asked }: AskedFreeze,
  { nowMs, freezes }: FreezeMoment,
): Freeze | FreezeProblem {
  const name = given?.trim() ?? nextNumber(freezes);
  const reason = asked.reason.trim();
  const atMs = Math.max(nowMs, fromMs);
  const problem =
    freezeTextProblem({ name, reason }) ??
    timeProblem({ startsInMs: atMs - nowMs, lastsMs: asked.untilMs - atMs });
  if (problem !== undefined) return { code: "bad_arguments", problem };
  const taken = freezes.find((freeze) => isCalled(freeze, name));
  if (taken === undefined) {
    const open = { endedAtMs: null, endedBy: null };
    return { ...asked, name, reason, matchers, atMs, declaredAtMs: nowMs, ...open };
  }
  const rule = "Each name is used once at a time. Choose another name, or end that one first.";
  return { code: "taken_name", problem: `${freezeText(taken, nowMs)}. ${rule}` };
}

/**
 * The freeze that a person means. Without a name it is the only one, if its name begins with `freeze-`.
 */
export function freezeToEnd(
  name: string,
  { nowMs, freezes }: FreezeMoment,
): Freeze | FreezeProblem {
  const wanted = name.trim();
  const [only, ...more] = freezes;
  if (only === undefined)
    return { code: "nothing_to_do", problem: "No freeze holds, and none is planned." };
  const known = freezes
    .slice(0, 10)
    .map((freeze) => freezeText(freeze, nowMs))
    .join("; ");
  if (wanted === "") {
    if (more.length === 0 && only.name.startsWith(numbered)) return only;
    return { code: "several", problem: `Say its name. Declared: ${known}.` };
  }
  const found = freezes.find((freeze) => isCalled(freeze, wanted));
  if (found !== undefined) return found;
  const meant = nearest(
    wanted,
    freezes.map((freeze) => freeze.name),
  );
  const did = meant === undefined ? "" : ` Did you mean ${quoted(meant)}?`;
  const problem = `No freeze is called ${quoted(wanted)}.${did} Declared: ${known}.`;
  return { code: "unknown_freeze", problem };
}

/** `The freeze "black friday" by sarah holds until 2026-11-30T08:00:00Z`, or `is planned from … until …`. */
export function freezeText(freeze: Freeze, nowMs: number): string {
  const { name, by, atMs, untilMs } = freeze;
  const from = isPlanned(freeze, nowMs) ? `is planned from ${isoToSecond(atMs)}` : "holds";
  return `The freeze ${quoted(name)} by ${printable(by)} ${from} until ${isoToSecond(untilMs)}`;
}

const isCalled = ({ name }: Freeze, wanted: string): boolean =>
  name.toLowerCase() === wanted.toLowerCase();

const quoted = (name: string): string =>
  `"${printable(name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name)}"`;

function nextNumber(freezes: readonly Freeze[]): string {
  const names = Array.from({ length: freezes.length + 1 }, (_, i) => `${numbered}${i + 1}`);
  return names.find((name) => !freezes.some((freeze) => isCalled(freeze, name))) ?? numbered;
}

/** What is wrong with a name or a reason, whatever other freezes exist; undefined where nothing is. */
export function freezeTextProblem({
  name,
  reason,
}: Pick<Freeze, "name" | "reason">): string | undefined {
  return (
    textProblem("name", name.trim(), longestName) ??
    textProblem("reason", reason.trim(), longestReason)
  );
}

function textProblem(what: string, text: string, longest: number): string | undefined {
  if (text === "") return `The ${what} of the freeze is missing.`;
  if (text.length > longest)
    return `The ${what} of the freeze is longer than ${longest} characters.`;
  if (printable(text) !== text)
    return `The ${what} of the freeze holds control characters, or others that cannot be seen.`;
  return undefined;
}

const nowOrBefore = Number.NEGATIVE_INFINITY;

interface FreezeTimes {
  readonly startsInMs: number;
  readonly lastsMs: number;
}

function timeProblem({ startsInMs, lastsMs }: FreezeTimes): string | undefined {
  if (startsInMs + lastsMs <= 0) return "The end of the freeze has passed.";
  if (lastsMs <= 0) return "The end of the freeze is not after its start.";
  if (startsInMs > farthestStartMs) return "A freeze begins within 366 days.";
  if (lastsMs >= shortestFreezeMs && lastsMs <= longestFreezeMs) return undefined;
  return "A freeze lasts from 1m to 7d. What shall last longer is declared again, or stands in the configuration as mode: off.";
}
