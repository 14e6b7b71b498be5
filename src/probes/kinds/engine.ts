/**
 * Asks whether the container engine answers. Its subject is the host, so an engine that is away is one incident, and not
 * one for each service on it.
 */
import { messageOf } from "../../errors.ts";
import { foreign } from "../figures.ts";
import type { LookOptions, ProbeKind, ProbeLook } from "../probe.ts";

/** No service of the configuration can have this name, because it has a space. */
export const engineName = "container engine";

export const engine: ProbeKind = {
  name: "engine",
  questions: (service) => {
    if (service.subject.name !== engineName) return [];
    return [
      { id: "engine", kind: "engine", place: "host", service, way: undefined, leads: true, look },
    ];
  },
};

async function look({ round }: LookOptions): Promise<ProbeLook> {
  try {
    await round.engine().version();
    return { answer: { status: "fine" } };
  } catch (error) {
    const said = `the container engine does not answer: ${foreign(messageOf(error), 200)}. No container is watched or restarted meanwhile`;
    const finding = { kind: "down", reach: "degraded", class: "infrastructure", said } as const;
    return { answer: { status: "failing", finding } };
  }
}
