/** The command that declares a freeze, also while no daemon runs. Without a name it lists those in force or planned. */
import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { type Freeze, type FreezeProblem, newFreeze } from "../incidents/freeze.ts";
import { changeFreezes } from "../store/freezes/change.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import { lockBudgets } from "../store/runs/budget.ts";
import type { Store } from "../store/store.ts";
import { storeNowMs } from "../store/store-clock.ts";
import { freezeArguments } from "./freeze-arguments.ts";
import type { OperatorCommand } from "./operator-command.ts";

type FreezeAnswer =
  /** `nowMs`: the time of the store when the freezes were read. */
  | { readonly done: true; readonly freeze: Freeze; readonly nowMs: number }
  | { readonly done: true; readonly freezes: readonly Freeze[]; readonly nowMs: number }
  | ({ readonly done: false } & FreezeProblem);

/**
 * Unless it is planned for later, the freeze is in force when the command answers. Decisions about runs take the same
 * lock, so later ones read it.
 */
export const freeze: OperatorCommand<
  typeof freezeArguments,
  { readonly store: Store },
  FreezeAnswer
> = {
  words: "freeze",
  help: "run no fix for a time, or none that matches; without a name: list what holds or is planned",
  arguments: freezeArguments,
  handle: async (asked, { store }) =>
    store.transaction(async (tx) => {
      const { name, reason = "", as: by, from: fromMs } = asked;
      if (name !== undefined) await lockBudgets(tx);
      const nowMs = await storeNowMs(tx);
      const freezes = await freezesNotOver(tx, nowMs);
      if (name === undefined) return { done: true, freezes, nowMs };
      const given = { id: `cli:${randomUUID()}`, name, reason, by, fromMs };
      const untilMs = asked.until ?? Math.max(nowMs, fromMs ?? nowMs) + (asked.for ?? 0);
      const wanted = { ...given, untilMs, matchers: matchersOf(asked) };
      const found = newFreeze(wanted, { nowMs, freezes });
      if ("problem" in found) return { done: false, ...found };
      await changeFreezes(tx, { kind: "freeze", freeze: found });
      return { done: true, freeze: found, nowMs };
    }),
};

function matchersOf({
  model,
  feature,
  kind,
  severity,
  service,
}: z.output<typeof freezeArguments>): Freeze["matchers"] {
  return { models: model, features: feature, kinds: kind, severities: severity, services: service };
}
