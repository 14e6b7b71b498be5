/** Names of models and features that are too long or odd, each with what the stream shows of it. */
import { sql } from "../../programs/postgres.ts";
import { seeded } from "../random.ts";
import { type Kinds, trafficMs } from "./fault.ts";
import { untilTaken } from "./until-taken.ts";

interface OddName {
  readonly written: string;
  /** As the stream has it; undefined where its rows are left out. */
  readonly read: string | undefined;
}

const same = (written: string): OddName => ({ written, read: written });

const anywhere: readonly OddName[] = [
  same("__proto__"),
  same("constructor"),
  same("null"),
  same(""),
  same("a b/c%2F..\\"),
  same("{{model}} |*_bold_*| [~admin] $(id) '; DROP TABLE x; --"),
  same("模型-🙂"),
  { written: "bell\u0007 and\nline", read: "bell and line" },
  { written: "\u202Edetrevni\u200F", read: "detrevni" },
];

export const oddModels: readonly OddName[] = [
  ...anywhere,
  same("m".repeat(512)),
  { written: "m".repeat(513), read: undefined },
  { written: "🙂".repeat(1500), read: undefined },
];

export const oddFeatures: readonly OddName[] = [
  ...anywhere,
  same("f".repeat(4096)),
  { written: "f".repeat(4097), read: undefined },
  { written: "f".repeat(100_000), read: undefined },
];

const insert = (rows: readonly unknown[]): string =>
  `INSERT INTO explainability_metrics SELECT now(), model, feature, importance
   FROM jsonb_to_recordset($odd$${JSON.stringify(rows)}$odd$::jsonb)
   AS odd(model text, feature text, importance double precision)`;

export const oddNames: Kinds = {
  "odd names": {
    perform: async ({ sourceUrl }, fault) => {
      const random = seeded(fault.seed);
      const rows = [
        ...oddModels.map(({ written }) => ({ model: written, feature: "cpu_usage" })),
        ...oddFeatures.map(({ written }) => ({ model: "odd-features", feature: written })),
      ].map((row) => ({ ...row, importance: random.fraction() }));
      await untilTaken(() => sql(sourceUrl, insert(rows)), trafficMs);
    },
  },
};
