/** FR-U1: each setting at its extremes, one beyond each, and what the daemon builds of it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { buildConfigured } from "../../src/app/configured.ts";
import { buildEngine } from "../../src/app/fixes.ts";
import { kafkaOptions } from "../../src/app/stream.ts";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Config } from "../../src/config/schema.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { budget } from "../../src/healing/gates/budget.ts";
import { cooldown } from "../../src/healing/gates/cooldown.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { vectors, World } from "../detection/streams.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { attemptsAt } from "../fakes/limits.ts";
import { extremes, settingsWithoutExtremes, withSetting } from "./extremes.ts";

const nowMs = Date.UTC(2026, 0, 5);
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "driftwarden-extremes-"));
  writeFileSync(join(folder, "token"), "secret", { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (path: string, value: unknown): Config =>
  parseConfig(JSON.stringify(withSetting(path, value, { token: join(folder, "token") })), {
    file: "dw.yaml",
    remediations,
  });

/** What the daemon makes of the configuration, without connecting to anything. */
function built(config: Config) {
  const registry = new Registry();
  const logger = pino({ level: config.telemetry.log_level }, { write: () => undefined });
  const docker = buildEngine({ config, registry });
  const parts = { config, clock: systemClock, logger };
  kafkaOptions(config);
  return buildConfigured(parts, { docker, ticketsMetrics: ticketsMetrics(registry) });
}

/** Rows are judged, and what was learned is saved and restored. @returns how many models are known */
function judged({ detection }: ReturnType<typeof built>): number {
  const world = new World();
  world.engine = new PartitionEngine(detection);
  const [saved] = world.run(0, 12, vectors(1)).engine.takeDirty(1e9);
  const restored = new PartitionEngine(detection);
  const dropped = saved === undefined ? ["nothing saved"] : restored.restore(saved.model, saved);
  expect(dropped).toEqual([]);
  return [...restored.models()].length;
}

/** Every effect that the incident promises is due at a date. */
function promised({ reducer }: ReturnType<typeof built>): void {
  const step = reduce(undefined, episodeOpened(), { nowMs, nextNumber: 1, settings: reducer });
  const dues = (step?.effects ?? []).map(({ dueAtMs }) => new Date(dueAtMs).getTime());
  expect(dues.length).toBeGreaterThan(0);
  expect(dues.filter(Number.isNaN)).toEqual([]);
}

/** A run that is denied for now is tried again at a date; one that is allowed no run is denied for good. */
function denied({ fixes: [configured] }: ReturnType<typeof built>): void {
  const { fix } = configured!;
  const facts = { nowMs, fix, freeze: undefined, restoredAtMs: undefined, lastAttemptEndMs: nowMs };
  const most = Math.max(...fix.budgets.map(({ runs }) => runs));
  const attempts = attemptsAt(
    Array.from({ length: most }, () => nowMs),
    { fix: fix.name },
  );
  const standing = { warmUp: undefined, newestRowMs: nowMs, cadenceMs: 60_000 };
  const asked = { ...standing, ...facts, attempts };
  const [resting, used] = [cooldown.judge(asked), budget.judge(asked)];
  expect(resting.allow).toBe(fix.cooldownMs === 0);
  expect(used.allow).toBe(false);
  const retries = [resting, used].flatMap((judgement) =>
    "retry" in judgement ? [new Date(Number(judgement.retry)).getTime()] : [],
  );
  expect(retries.filter((ms) => !(ms > nowMs))).toEqual([]);
}

/** A long value is named by its length. */
function told(path: string, value: unknown) {
  const text = JSON.stringify(value);
  return { path, value, shown: text.length > 60 ? `a text of ${text.length - 2}` : text };
}

describe("every setting at its extremes (FR-U1)", () => {
  it("none is left out", () => {
    expect(settingsWithoutExtremes()).toEqual([]);
  });

  it.each(extremes().flatMap(({ path, accepted }) => accepted.map((value) => told(path, value))))(
    "$path: $shown is accepted, and the daemon works with it",
    ({ path, value }) => {
      const configured = built(parse(path, value));
      expect(judged(configured)).toBe(1);
      promised(configured);
      denied(configured);
    },
  );

  it.each(extremes().flatMap(({ path, refused }) => refused.map((value) => told(path, value))))(
    "$path: $shown is refused, once",
    ({ path, value }) => {
      expect(() => parse(path, value)).toThrow(/has 1 problem/);
    },
  );
});
