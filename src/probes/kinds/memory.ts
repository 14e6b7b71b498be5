/** Asks how much of its memory limit a container uses, so that people know before the kernel kills it. */
import type { ContainerUsage } from "../../../remediations/docker/usage.ts";
import { bytesText, foreign, percentText } from "../figures.ts";
import type { LookOptions, ProbeAnswer, ProbeKind, ProbeLook } from "../probe.ts";
import type { ProbedService } from "../service.ts";
import { unaskedOf } from "../unasked.ts";

export const memory: ProbeKind = {
  name: "memory",
  questions: (service) => {
    const { container: labels } = service;
    if (labels === undefined) return [];
    const look = (options: LookOptions): Promise<ProbeLook> => lookAt(service, labels, options);
    return [{ id: "memory", kind: "memory", place: "host", service, way: undefined, look }];
  },
};

/** A container without a limit cannot come near it. Its usage is not asked for, since that takes a second or two. */
async function lookAt(
  service: Pick<ProbedService, "memoryAbove">,
  labels: readonly string[],
  { round }: LookOptions,
): Promise<ProbeLook> {
  try {
    const containers = await round.containers(labels);
    const limited = containers.filter(
      ({ state, memoryLimitBytes }) => state === "running" && memoryLimitBytes !== undefined,
    );
    const used = await Promise.all(
      limited.map(async ({ id, name }) => ({ name, usage: await round.engine().usage(id) })),
    );
    return { answer: judged(used, service) };
  } catch (error) {
    return { answer: unaskedOf(error) };
  }
}

interface UsedMemory {
  readonly name: string;
  /** Undefined where it has stopped since. */
  readonly usage: ContainerUsage | undefined;
}

/** The container that is nearest to its limit decides. Pure. */
function judged(
  used: readonly UsedMemory[],
  { memoryAbove }: Pick<ProbedService, "memoryAbove">,
): ProbeAnswer {
  const [worst] = used
    .flatMap(({ name, usage }) => {
      const { memoryBytes = 0, memoryLimitBytes } = usage ?? {};
      if (memoryLimitBytes === undefined) return [];
      return [{ name, limit: memoryLimitBytes, part: memoryBytes / memoryLimitBytes }];
    })
    .toSorted((a, b) => b.part - a.part);
  if (worst === undefined || worst.part < memoryAbove) return { status: "fine" };
  const said = `container ${foreign(worst.name, 80)} uses ${percentText(worst.part)} of its ${bytesText(worst.limit)} of memory (threshold: ${percentText(memoryAbove)})`;
  const finding = { kind: "memory", reach: "near", class: "infrastructure", said } as const;
  return { status: "failing", finding };
}
