/** `restart`: requests a run of a configured fix. A proposal shows the facts first. A dry run is only judged. */
import { z } from "zod";
import type { SeenFix } from "../incidents/wish.ts";
import { data, type Line, line, words } from "../messages/message.ts";
import { displayName } from "../messages/names.ts";
import { nearest } from "../nearest.ts";
import { type CommandContext, type CommandOutcome, command } from "./command.ts";
import { anyOf, type CommandRefusal, refused, typed } from "./says.ts";
import { answeredWish } from "./wish-answer.ts";

const expected = "the name of a fix, a container or a compose service is expected";

const wanted = z
  .string()
  .max(300, { error: "that is longer than a name" })
  .regex(/^\S+(?: (?:full|rolling|\p{Pd}*dry-?run))*$/iu, { error: expected })
  .transform((text) => {
    const [service = "", ...options] = text.split(" ");
    const isFull = options.some((option) => /^full$/i.test(option));
    return { service, isFull, dry: options.some((option) => /run$/i.test(option)) };
  });

export const restart = command({
  words: ["restart", "fixes run"],
  usage: "SERVICE [full] [dry-run]",
  help: "ask for a run of a fix, with the facts before it acts",
  role: "responder",
  scope: "act",
  asksFirst: "always, as a proposal",
  holdsRuns: true,
  needsFigures: true,
  wishes: (text) => text.split(" ")[0] ?? "",
  arguments: wanted,
  handle: ({ service, isFull, dry }, context) => {
    const fix = fixCalled(service, context.fixes);
    if ("status" in fix) return fix;
    if (fix.mode === "off")
      return refused(
        "off",
        line`the fix ${data(fix.name)} is switched off (its mode). Nothing was changed.`,
      );
    const { incident } = context;
    if (incident === undefined) return withoutIncident(fix, context);
    if (incident.state !== "open")
      return refused(
        "over",
        line`${displayName(incident.episode)} is back to normal, so nothing is done about it. Nothing was changed.`,
      );
    const wish = { fix, isFull, dry, by: context.actor.name };
    return {
      status: "wishes",
      fix: fix.name,
      dry,
      ...(isFull && { full: true as const }),
      answer: (decided, about) => answeredWish(decided, { ...wish, incident: about }),
    };
  },
});

const isCalled = (name: string, word: string): boolean => name.toLowerCase() === word.toLowerCase();

/** Finds a fix by its own name, else by a configured name of its target, else by a container that it would act on. */
function fixCalled(word: string, fixes: readonly SeenFix[]): SeenFix | CommandRefusal {
  const own = fixes.find(({ name }) => isCalled(name, word));
  if (own !== undefined) return own;
  const ways: readonly ((fix: SeenFix) => readonly string[])[] = [
    ({ called }) => called,
    ({ targets = [] }) => (targets.length === 1 ? targets : []),
  ];
  for (const namesOf of ways) {
    const [fix, ...more] = fixes.filter((one) => namesOf(one).some((name) => isCalled(name, word)));
    if (fix === undefined) continue;
    if (more.length === 0) return fix;
    const names = [fix, ...more].map(({ name }) => name);
    return refused(
      "several_fixes",
      line`several fixes act on ${data(word, 60)}: ${words(anyOf(names))}. Say which one. Nothing was changed.`,
    );
  }
  return unknown(word, fixes);
}

const mostNamed = 10;

function unknown(word: string, fixes: readonly SeenFix[]): CommandRefusal {
  if (fixes.length === 0)
    return refused(
      "unknown_fix",
      line`no fix is configured, and only what one names can be run. Nothing was changed.`,
    );
  const names = fixes.flatMap(({ name, called, targets = [] }) => [name, ...called, ...targets]);
  const meant = nearest(word, [...new Set(names)]);
  const near = meant === undefined ? line`` : line` Did you mean ${typed(`restart ${meant}`)}?`;
  const known = fixes.slice(0, mostNamed).map(({ name, called }) => {
    const [target] = called;
    return target === undefined ? name : `${name} (${target})`;
  });
  const more = fixes.length > mostNamed ? ` and ${fixes.length - mostNamed} more` : "";
  const problem = fixes.find((one) => one.problem !== undefined)?.problem;
  const unasked: Line =
    problem === undefined
      ? line``
      : line` Containers could not be asked for: ${data(problem, 200)}.`;
  return refused(
    "unknown_fix",
    line`no configured fix acts on ${data(word, 60)}.${near} Configured: ${data(known.join(", ") + more, 600)}.${unasked} Nothing was changed.`,
  );
}

/**
 * Finds the incident of a command without one. A run needs an incident for its proposal, answers and verification. The
 * only open one that fits is used.
 */
function withoutIncident(fix: SeenFix, { open }: CommandContext): CommandOutcome {
  const fitting = open.filter((one) => one.state === "open" && fix.isFor(one));
  const [only, ...more] = fitting;
  if (only !== undefined && more.length === 0) return { status: "about", incident: only.number };
  const numbers = fitting.map(({ number }) => String(number));
  const why =
    only === undefined
      ? line`no open incident calls for ${data(fix.name)}`
      : line`several open incidents call for ${data(fix.name)} (${words(anyOf(numbers))})`;
  return refused(
    "no_incident",
    line`${why}, and a run stands on one: there it is answered and verified. Say it on its ticket, or with its number on the command line. Nothing was changed.`,
  );
}
