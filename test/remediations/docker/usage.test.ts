import { describe, expect, it } from "vitest";
import { measured, usageFrom } from "../../../remediations/docker/usage.ts";

const usage = (answer: object, limitBytes = 0) => usageFrom(measured.parse(answer), limitBytes);
const cpu = (used: number, system: number, shown: object = {}) => ({
  cpu_usage: { total_usage: used },
  system_cpu_usage: system,
  ...shown,
});

describe("#18: the use of a container", () => {
  it.each([
    ["cgroup v1", { total_inactive_file: 200, inactive_file: 7 }, 800],
    ["cgroup v2", { inactive_file: 300 }, 700],
    ["a cache that is larger than the use", { inactive_file: 1_001 }, 1_000],
    ["no statistics", null, 1_000],
  ])("leaves the reclaimable cache out: %s", (_what, stats, bytes) => {
    expect(usage({ memory_stats: { usage: 1_000, stats } })?.memoryBytes).toBe(bytes);
  });

  it("has no limit and no percentage without a limit of its own, whatever the engine says", () => {
    const used = usage({ memory_stats: { usage: 1_000, limit: 4_000 } });
    expect(used).toEqual({ memoryBytes: 1_000 });
    expect(usage({ memory_stats: { usage: 1_000 } }, 4_000)).toMatchObject({ memoryPercent: 25 });
  });

  it.each([
    ["two samples", cpu(0, 1_000), cpu(500, 2_000, { online_cpus: 4 }), 200],
    [
      "an old engine",
      cpu(0, 1),
      cpu(5, 11, { cpu_usage: { total_usage: 5, percpu_usage: [1, 4] } }),
      100,
    ],
    ["an idle container", cpu(5, 1_000), cpu(5, 2_000, { online_cpus: 4 }), 0],
    ["one sample", { cpu_usage: { total_usage: 0 } }, cpu(5, 2_000), undefined],
    ["samples of one moment", cpu(5, 2_000), cpu(6, 2_000), undefined],
    ["a restart between them", cpu(9, 1_000), cpu(1, 2_000), undefined],
  ])("knows the CPU from %s", (...[, precpu_stats, cpu_stats, percent]) => {
    const answer = { memory_stats: { usage: 1 }, precpu_stats, cpu_stats };
    expect(usage(answer)?.cpuPercent).toBe(percent);
  });

  it("is nothing where the container stopped before the engine looked", () => {
    const zeros = {
      memory_stats: {},
      pids_stats: {},
      cpu_stats: cpu(0, 0),
      precpu_stats: cpu(0, 0),
    };
    expect(usage(zeros, 1_000)).toBeUndefined();
  });
});
