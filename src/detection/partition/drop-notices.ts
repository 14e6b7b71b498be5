/** Logs once for each reason that rows are dropped, and what to do about it. Metrics count them. */
import type { Logger } from "pino";
import type { DropReason } from "../attribution/counts.ts";
import type { PartitionEngine } from "../engine.ts";
import { RowsLeftOut } from "../errors.ts";

interface Notice {
  readonly code: RowsLeftOut["code"];
  readonly hint: string;
}

/** Reasons that an operator can remove. The other reasons occur in normal operation. */
const notices: Partial<Readonly<Record<DropReason, Notice>>> = {
  non_finite_time: {
    code: "DW_ROWS_TIME_INFINITE",
    hint: "Find out who writes rows with the timestamp infinity; they belong to no time.",
  },
  future: {
    code: "DW_ROWS_FUTURE",
    hint: "Compare the clock of whoever writes these rows with that of the source's Postgres; rows over an hour ahead are left out.",
  },
  late: {
    code: "DW_ROWS_LATE",
    hint: "Rows came after their attribution was judged: raise assembly_window of the source if its exporter takes longer, or correct their timestamps.",
  },
  second_value: {
    code: "DW_ROWS_SECOND_VALUE",
    hint: "Look for a second exporter of this model: one feature has two values at one time, and only the first counts. If the rows are of several models, name their column under columns.model of the source.",
  },
  too_many_models: {
    code: "DW_ROWS_TOO_MANY_MODELS",
    hint: "Raise detection.max_models if memory allows (about 1 KB for each feature), or correct the model column: ids that change with every run look like new models.",
  },
  too_many_new_models: {
    code: "DW_ROWS_TOO_MANY_NEW_MODELS",
    hint: "They are taken as soon as an hour has room for them. Raise detection.max_new_models_per_hour if so many are right, or correct the model column: ids that change with every run look like new models.",
  },
  too_many_features: {
    code: "DW_ROWS_TOO_MANY_FEATURES",
    hint: "Raise detection.max_features if memory allows, or list what nobody needs under ignore of the source.",
  },
};

export class DropNotices {
  readonly #logger: Logger;
  readonly #told = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Looks at what the engines have counted; cheap, once a batch. */
  look(engines: readonly PartitionEngine[]): void {
    for (const [reason, { code, hint }] of Object.entries(notices)) {
      if (this.#told.has(reason) || !engines.some((engine) => hasLeftOut(engine, reason))) continue;
      this.#told.add(reason);
      const err = new RowsLeftOut(code, `rows left out: ${reason}`, { hint });
      this.#logger.warn({ err }, "rows left out");
    }
  }
}

function hasLeftOut({ counters }: PartitionEngine, reason: string): boolean {
  return Object.entries(counters.dropped).some(([key, rows]) => key === reason && rows > 0);
}
