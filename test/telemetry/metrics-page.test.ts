import { readdirSync } from "node:fs";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createRegistry } from "../../src/telemetry/registry.ts";

import { rooms } from "./rooms.ts";

interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly labels: readonly string[];
}

function described(registry: Registry): readonly Described[] {
  return registry.getMetricsAsArray().map((metric) => {
    const names: unknown = "labelNames" in metric ? metric.labelNames : [];
    const labels = Array.isArray(names) ? names.map(String) : [];
    return { name: metric.name, help: metric.help, type: metric.type, labels };
  });
}

const rowOf = ({ name, type, labels, help }: Described): string =>
  `| \`${name}\` | ${String(type)} | ${labels.map((label) => `\`${label}\``).join(" ")} | ${help} |\n`;

function page(): string {
  const sections = Object.entries(rooms).map(([room, register]) => {
    const registry = new Registry();
    register(registry);
    const rows = described(registry).map(rowOf).join("");
    return `## ${room}\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n${rows}`;
  });
  return `# Metrics

What \`/metrics\` shows beside the process's own (\`process_…\`, \`nodejs_…\`) and \`driftwarden_build_info\`. A room's metrics are
there when the room is in use: those of Kafka only with Kafka. This page is generated from the program.

${sections.join("\n")}`;
}

describe("docs/reference/metrics.md", () => {
  it("lists every metric of the program with its meaning; if it is stale, run this test with --update", async () => {
    await expect(page()).toMatchFileSnapshot("../../docs/reference/metrics.md");
  });

  it("knows every room that registers metrics", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith("/metrics.ts"))
      .map((file) => file.replace("/metrics.ts", ""));
    expect(Object.keys(rooms).toSorted()).toEqual(files.toSorted());
  });

  it("names counters _total, and every metric says something", () => {
    const registry = createRegistry("1.2.3");
    for (const register of Object.values(rooms)) register(registry);
    const ours = described(registry).filter(({ name }) => name.startsWith("driftwarden_"));
    expect(ours.length).toBeGreaterThan(50);
    const misnamed = ours.filter(
      ({ name, type }) => name.endsWith("_total") !== (type === "counter"),
    );
    const mute = ours.filter(({ help }) => !/^[A-Z0-9].{10,}[.…]$/.test(help));
    expect([...misnamed, ...mute]).toEqual([]);
  });
});
