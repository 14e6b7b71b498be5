/** The command that shows what people said of incidents. */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { countVerdicts, type VerdictCount } from "../store/incidents/verdicts.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

const reportArguments = z.strictObject({
  days: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, { error: "is no whole number from 1 to 9999" })
    .transform(Number),
});

interface ReportAnswer {
  readonly days: number;
  readonly verdicts: readonly VerdictCount[];
}

const dayMs = 86_400_000;

export const report: OperatorCommand<
  typeof reportArguments,
  { readonly store: Store; readonly clock: Clock },
  ReportAnswer
> = {
  words: "report",
  help: "count what people said of incidents, by model and detector",
  arguments: reportArguments,
  async handle({ days }, { store, clock }) {
    return { days, verdicts: await countVerdicts(store, clock.now() - days * dayMs) };
  },
};
