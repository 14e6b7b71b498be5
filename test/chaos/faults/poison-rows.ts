/** Rows that no exporter should write: without a time or a name, at no time at all, far away, no number. */
import { sql } from "../../programs/postgres.ts";
import { seeded } from "../random.ts";
import { models } from "../world.ts";
import { type Kinds, trafficMs } from "./fault.ts";
import { untilTaken } from "./until-taken.ts";

/** Time and importance of each, as SQL; the importance makes a row one of its kind. */
const times = [
  "NULL",
  "'infinity'",
  "'-infinity'",
  "now() + interval '3 h'",
  "'2001-01-01'",
  "'9999-12-31'",
  "'0044-03-15 BC'",
];
const importances = ["'NaN'", "'Infinity'", "'-Infinity'", "1e308", "-1e308", "5e-324", "NULL"];

export const poisonRows: Kinds = {
  "poison rows": {
    perform: async ({ sourceUrl }, fault) => {
      const random = seeded(fault.seed);
      const unique = (): number => random.fraction();
      const model = (): string => `'${random.pick(models)}'`;
      const rows = [
        ...times.map((time) => `(${time}, ${model()}, 'cpu_usage', ${unique()})`),
        ...importances.map(
          (value) => `(now() + interval '${unique()} s', ${model()}, 'cpu_usage', ${value})`,
        ),
        `(now(), NULL, 'cpu_usage', ${unique()})`,
        `(now(), ${model()}, NULL, ${unique()})`,
        `(NULL, NULL, NULL, ${unique()})`,
      ];
      await untilTaken(
        () => sql(sourceUrl, `INSERT INTO explainability_metrics VALUES ${rows.join(", ")}`),
        trafficMs,
      );
    },
  },
};
