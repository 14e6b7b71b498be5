/** `sources:`: the tables that are watched. The defaults follow OpenClaw's documentation. */
import { z } from "zod";
import { templateProblem } from "../model-family.ts";
import { databaseKeys, withDatabaseRules } from "./database.ts";
import { anyObject, count, duration, modelPart, text, timeZone, waiting } from "./fields.ts";
import { sourceColumns, timeUnit } from "./source-columns.ts";

const openClawUrl = "postgres://readonly@127.0.0.1/explainability";

const versionedNames = text.pipe(
  z.string().superRefine((template, context) => {
    const problem = templateProblem(template);
    if (problem !== undefined)
      context.addIssue({ code: "custom", message: `${problem}, as "{name}-v{version}" does` });
  }),
);

const history = z.strictObject({
  last: duration.prefault("7d"),
  max_rows: count.default(2_000_000),
});

/** One row a prediction and feature: importances are averaged over windows of row time. */
const predictions = z.strictObject({
  window: duration
    .refine((ms) => ms >= 1000, { error: "is less than 1s" })
    .refine((ms) => ms <= 31 * 86_400_000, { error: "is more than 31d" }),
});

const source = withDatabaseRules(
  z
    .strictObject({
      ...databaseKeys,
      connect_timeout: waiting.prefault("10s"),
      statement_timeout: duration
        .refine((ms) => ms <= 86_400_000, { error: "is more than 1d" })
        .prefault("30s"),
      tenant: modelPart.default("default"),
      environment: modelPart.default("production"),
      time_zone: timeZone.prefault("UTC"),
      time_unit: timeUnit.optional(),
      table: text.default("explainability_metrics"),
      columns: sourceColumns.prefault({}),
      versioned_names: versionedNames.optional(),
      model: modelPart.optional(),
      poll_interval: waiting.prefault("30s"),
      overlap: duration.prefault("5m"),
      page_rows: count.max(100_000).default(5000),
      transform: z.enum(["auto", "share", "common_scale", "none"]).default("auto"),
      assembly_window: duration.prefault("60s"),
      predictions: predictions.optional(),
      ignore: z.array(text).default([]),
      history: history.prefault({}),
    })
    .refine((given) => given.model === undefined || given.columns?.model === undefined, {
      path: ["model"],
      error: "columns.model names the column that says the model; give one of the two",
      when: anyObject,
    })
    .refine(hasTimeToAssemble, {
      path: ["predictions", "window"],
      error:
        "is shorter than assembly_window, so windows would end faster than they close; make one of the two fit",
      when: anyObject,
    }),
).transform((value) =>
  value.url === undefined && value.url_file === undefined ? { ...value, url: openClawUrl } : value,
);

/** Accepts any value in any key: wrong ones are reported by themselves. */
function hasTimeToAssemble(given: {
  readonly predictions?: { readonly window?: unknown } | undefined;
  readonly assembly_window?: unknown;
}): boolean {
  const { predictions: asked, assembly_window: assembly } = given;
  if (typeof asked?.window !== "number" || typeof assembly !== "number") return true;
  return asked.window >= assembly;
}

const sourceName = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const sources = z
  .record(z.string(), source)
  // Checked here, because a wrong key in z.record would hide what else is wrong in the source.
  .superRefine(
    (map, context) => {
      for (const name of Object.keys(map).filter((given) => !sourceName.test(given))) {
        const message = "a source's name has lower-case letters, digits, - and _, at most 63";
        context.addIssue({ code: "custom", path: [name], message });
      }
    },
    { when: anyObject },
  )
  .refine((map) => Object.keys(map).length > 0, { error: "names no source" });
