/** The registry of probes: one line for each kind. */
import { container } from "./kinds/container.ts";
import { engine } from "./kinds/engine.ts";
import { http } from "./kinds/http.ts";
import { memory } from "./kinds/memory.ts";
import { tcp } from "./kinds/tcp.ts";
import type { ProbeKind } from "./probe.ts";

/** The container comes before what is asked about it. */
export const probeKinds: readonly ProbeKind[] = [engine, container, memory, http, tcp];
