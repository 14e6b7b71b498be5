/** The command that ends a freeze before its time. The daemon then tries the runs again that waited for it. */
import { z } from "zod";
import { type Freeze, type FreezeProblem, freezeToEnd, isInForce } from "../incidents/freeze.ts";
import { changeFreezes } from "../store/freezes/change.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import { lockBudgets } from "../store/runs/budget.ts";
import type { Store } from "../store/store.ts";
import { storeNowMs } from "../store/store-clock.ts";
import { notEmpty } from "./freeze-arguments.ts";
import type { OperatorCommand } from "./operator-command.ts";

const unfreezeArguments = z.strictObject({
  name: z.string(),
  as: notEmpty.default("operator"),
});

type UnfreezeAnswer =
  /** `left`: how many freezes are still in force. */
  | { readonly done: true; readonly freeze: Freeze; readonly left: number }
  | ({ readonly done: false } & FreezeProblem);

export const unfreeze: OperatorCommand<
  typeof unfreezeArguments,
  { readonly store: Store },
  UnfreezeAnswer
> = {
  words: "unfreeze",
  help: "end a freeze",
  arguments: unfreezeArguments,
  handle: ({ name, as: by }, { store }) =>
    store.transaction(async (tx) => {
      await lockBudgets(tx);
      const atMs = await storeNowMs(tx);
      const freezes = await freezesNotOver(tx, atMs);
      const found = freezeToEnd(name, { nowMs: atMs, freezes });
      if ("problem" in found) return { done: false, ...found };
      await changeFreezes(tx, { kind: "unfreeze", freeze: found, by, atMs });
      const left = freezes.filter((one) => one !== found && isInForce(one, atMs)).length;
      return { done: true, freeze: found, left };
    }),
};
