/** Computes what a container uses from one answer of `GET /containers/{id}/stats`. It asks no engine. */
import { z } from "zod";

export interface ContainerUsage {
  /** Memory in use without the page cache that the kernel can reclaim at once, bytes. */
  readonly memoryBytes: number;
  /** The container's own limit, bytes; left out where it has none. */
  readonly memoryLimitBytes?: number | undefined;
  /** Of its own limit, ≥ 0; left out where it has none. */
  readonly memoryPercent?: number | undefined;
  /** 100 is one CPU, between the engine's two samples, about 1 s apart; left out where there is only one sample. */
  readonly cpuPercent?: number | undefined;
  /** Processes and threads; left out where the engine does not count them. */
  readonly pids?: number | undefined;
}

const count = z.number().min(0);
const cpu = z.object({
  cpu_usage: z.object({ total_usage: count, percpu_usage: z.array(count).nullish() }).nullish(),
  system_cpu_usage: count.nullish(),
  online_cpus: count.nullish(),
});

/** `GET /containers/{id}/stats?stream=false`. For a stopped container every field is zero or missing. */
export const measured = z.object({
  id: z.string().nullish(),
  memory_stats: z
    .object({ usage: count.nullish(), stats: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
  cpu_stats: cpu.nullish(),
  precpu_stats: cpu.nullish(),
  pids_stats: z.object({ current: count.nullish() }).nullish(),
});

type Measured = z.infer<typeof measured>;
type Cpu = z.infer<typeof cpu>;

/**
 * Computed as `docker stats` does (docker/cli, cli/command/container/stats_helpers.go):
 *
 *     memory  = usage − total_inactive_file (cgroup v1) or inactive_file (cgroup v2), where that is less than usage
 *     cpu     = Δ total_usage / Δ system_cpu_usage · online_cpus · 100
 *     percent = memory / limit · 100
 *
 * @param limitBytes the limit that the container was created with; 0 for none. `docker stats` shows the memory of the
 *   machine instead.
 * @returns undefined where the container had stopped
 */
export function usageFrom(answer: Measured, limitBytes: number): ContainerUsage | undefined {
  const { memory_stats: memory, precpu_stats: before, cpu_stats: now, pids_stats: pids } = answer;
  if (memory?.usage === undefined || memory.usage === null) return undefined;
  const memoryBytes = memory.usage - reclaimable(memory.usage, memory.stats ?? {});
  return {
    memoryBytes,
    ...(limitBytes > 0 && {
      memoryLimitBytes: limitBytes,
      memoryPercent: (memoryBytes / limitBytes) * 100,
    }),
    cpuPercent: before && now ? cpuPercent(before, now) : undefined,
    pids: pids?.current ?? undefined,
  };
}

function reclaimable(usage: number, stats: Readonly<Record<string, unknown>>): number {
  const cache = stats["total_inactive_file"] ?? stats["inactive_file"];
  return typeof cache === "number" && cache >= 0 && cache < usage ? cache : 0;
}

function cpuPercent(before: Cpu, now: Cpu): number | undefined {
  // An engine that took one sample only leaves the first one's system time out.
  if (!before.system_cpu_usage || !now.system_cpu_usage) return undefined;
  const used = usedBy(now) - usedBy(before);
  const system = now.system_cpu_usage - before.system_cpu_usage;
  return used < 0 || system <= 0 ? undefined : (used / system) * cpusOf(now) * 100;
}

const usedBy = ({ cpu_usage }: Cpu): number => cpu_usage?.total_usage ?? 0;

/** Engines before 17.06 do not say how many CPUs are online. */
const cpusOf = ({ online_cpus, cpu_usage }: Cpu): number =>
  online_cpus || cpu_usage?.percpu_usage?.length || 1;
