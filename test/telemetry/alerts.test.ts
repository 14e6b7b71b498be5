/** The alert rules for Prometheus, held against the program's metrics and the page about them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createRegistry } from "../../src/telemetry/registry.ts";
import { rooms } from "./rooms.ts";

const file = "systemd/driftwarden.alerts.yaml";

const rule = z.strictObject({
  alert: z.string().regex(/^Driftwarden[A-Z][A-Za-z]+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[mh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
  annotations: z.strictObject({ summary: z.string(), next: z.string() }),
});
const rulesFile = z.strictObject({
  groups: z.tuple([z.strictObject({ name: z.literal("driftwarden"), rules: z.array(rule) })]),
});
const [{ rules }] = rulesFile.parse(parse(readFileSync(file, "utf8"))).groups;

const registry = createRegistry("1.2.3");
for (const register of Object.values(rooms)) register(registry);
/** Name → labels. */
const metrics = new Map(
  registry.getMetricsAsArray().map((metric) => {
    const labels: unknown = "labelNames" in metric ? metric.labelNames : [];
    return [metric.name, Array.isArray(labels) ? labels.map(String) : []];
  }),
);

/** A histogram's series have a suffix. */
const metricOf = (series: string): string => series.replace(/_(count|sum|bucket)$/, "");
const namesIn = (expr: string): readonly string[] =>
  (expr.match(/\bdriftwarden_\w+/g) ?? []).map(metricOf);

/** `name{label="x"}` → label, of each selector. */
function labelsIn(expr: string): readonly (readonly [metric: string, label: string])[] {
  return [...expr.matchAll(/(driftwarden_\w+)\{([^}]*)\}/g)].flatMap(([, name = "", inner = ""]) =>
    [...inner.matchAll(/(\w+)\s*[!=]/g)].map(([, label = ""]) => [metricOf(name), label] as const),
  );
}

/** By which alerts group, and what their sentences name. */
const groupedBy = (expr: string): readonly string[] =>
  [...expr.matchAll(/\bby \((\w+)\)/g)].map(([, label = ""]) => label);
const saidLabels = (text: string): readonly string[] =>
  [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);

/** Metrics that say that something is wrong, whatever their value is for. */
const bad =
  /_failures_total$|_dead_total$|_gaps_total$|_set_aside_total$|_quarantined_total$|_divergences_total$|_lag_records$|_dependency_up$|_differing_processes$|_oldest_seconds$|_restored_timestamp_seconds$|_non_finite_total$/;

describe("the alert rules", () => {
  it("are about metrics and labels that the program has", () => {
    const names = rules.flatMap(({ expr }) => namesIn(expr));
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !metrics.has(name))).toEqual([]);
    const labels = rules.flatMap(({ expr }) => labelsIn(expr));
    expect(labels.filter(([name, label]) => metrics.get(name)?.includes(label) !== true)).toEqual(
      [],
    );
  });

  it.each(rules.map((each) => [each.alert, each] as const))(
    "%s groups by and names labels of its metrics only",
    (_name, { expr, annotations }) => {
      const known = new Set(namesIn(expr).flatMap((name) => metrics.get(name) ?? []));
      const used = [...groupedBy(expr), ...saidLabels(annotations.summary)];
      expect(used.filter((label) => !known.has(label))).toEqual([]);
    },
  );

  it("miss no metric that says that something is wrong", () => {
    const watched = new Set(rules.flatMap(({ expr }) => namesIn(expr)));
    const wanted = [...metrics.keys()].filter((name) => bad.test(name));
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((name) => !watched.has(name))).toEqual([]);
  });

  it("have each a name of its own", () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

const inCode = (expr: string): string =>
  `\`${expr.trim().replaceAll(/\s+/g, " ").replaceAll("|", "\\|")}\``;
const rowOf = ({ alert, expr, for: lasts, labels, annotations }: z.output<typeof rule>): string => {
  const { summary, next } = annotations;
  const said = summary.replaceAll(/\{\{ \$(?:labels\.)?(\w+) \}\}/g, (_, label: string) =>
    label.toUpperCase(),
  );
  const when = lasts === undefined ? inCode(expr) : `${inCode(expr)} for ${lasts}`;
  return `| ${alert} | ${labels.severity} | ${said} | ${next} | ${when} |\n`;
};

const page = (): string => `# Alerts

[driftwarden.alerts.yaml](../../systemd/driftwarden.alerts.yaml) has these rules for Prometheus. Name the file under \`rule_files\` of its
configuration. None fires while everything is as it should be. This page is generated from the rules, and a test compares their metrics and
labels with those of the program.

| alert | severity | what it says | what to do | when |
|---|---|---|---|---|
${rules.map(rowOf).join("")}`;

describe("docs/reference/alerts.md", () => {
  it("lists every alert rule; if it is stale, run this test with --update", async () => {
    await expect(page()).toMatchFileSnapshot("../../docs/reference/alerts.md");
  });
});
