/** The command that declares a freeze, also while no daemon runs. Without a name it lists the freezes in force. */
import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { type Freeze, type FreezeProblem, newFreeze } from "../incidents/freeze.ts";
import { changeFreezes } from "../store/freezes/change.ts";
import { freezesInForce } from "../store/freezes/freeze.ts";
import { lockBudgets } from "../store/runs/budget.ts";
import type { Store } from "../store/store.ts";
import { storeNowMs } from "../store/store-clock.ts";
import { freezeArguments } from "./freeze-arguments.ts";
import type { OperatorCommand } from "./operator-command.ts";

type FreezeAnswer =
  | { readonly done: true; readonly freeze: Freeze }
  | { readonly done: true; readonly freezes: readonly Freeze[] }
  | ({ readonly done: false } & FreezeProblem);

/** The freeze is in force when the command answers. Decisions about runs take the same lock, so later ones read it. */
export const freeze: OperatorCommand<
  typeof freezeArguments,
  { readonly store: Store },
  FreezeAnswer
> = {
  words: "freeze",
  help: "run no fix for a time, or none that matches; without a name: list the freezes that hold",
  arguments: freezeArguments,
  handle: async (asked, { store }) => {
    if (asked.name === undefined && isAsked(asked)) return { done: false, ...nameless };
    return store.transaction(async (tx) => {
      if (asked.name !== undefined) await lockBudgets(tx);
      const nowMs = await storeNowMs(tx);
      const freezes = await freezesInForce(tx, nowMs);
      if (asked.name === undefined) return { done: true, freezes };
      const untilMs = endOf(asked, nowMs);
      if (untilMs === undefined) return { done: false, ...endless };
      const { name, reason = "", as: by } = asked;
      const given = { id: `cli:${randomUUID()}`, name, reason, by, untilMs };
      const found = newFreeze({ ...given, matchers: matchersOf(asked) }, { nowMs, freezes });
      if ("problem" in found) return { done: false, ...found };
      await changeFreezes(tx, { kind: "freeze", freeze: found });
      return { done: true, freeze: found };
    });
  },
};

type Asked = z.output<typeof freezeArguments>;

/** Whether any option of a new freeze was given, apart from its name and from who declares it. */
function isAsked(asked: Asked): boolean {
  const given = [asked.until, asked.for, asked.reason, ...Object.values(matchersOf(asked))];
  return given.some((value) => value !== undefined);
}

const nameless = {
  code: "bad_arguments",
  problem: "The name of the freeze is missing, and without one no freeze is declared.",
} as const;

const endless = {
  code: "bad_arguments",
  problem: "Every freeze ends: give it either --for 2h or --until 2026-11-30T08:00Z.",
} as const;

/** @returns undefined when neither an end nor a duration is given, or both are */
function endOf({ until, for: forMs }: Asked, nowMs: number): number | undefined {
  if (forMs === undefined) return until;
  return until === undefined ? nowMs + forMs : undefined;
}

function matchersOf({ model, feature, kind, severity, service }: Asked): Freeze["matchers"] {
  return { models: model, features: feature, kinds: kind, severities: severity, services: service };
}
