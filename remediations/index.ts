/** The registry of remediations: one line each. Only app.ts imports it. */
import type { Clock } from "../src/clock.ts";
import type { Engine } from "./docker/engine.ts";
import type { RemediationType } from "./remediation.ts";
import { restartContainer } from "./restart-container.ts";

/** What remediations may act through. */
export interface Deps {
  readonly engine: Engine;
  readonly clock: Clock;
}

/** Every remediation, in the order in which people see them. */
export const remediationTypes: readonly RemediationType<unknown, Deps>[] = [restartContainer];

/** The remediation of that name (a fix's `do:`); undefined when there is none. */
export function remediationType(name: string): RemediationType<unknown, Deps> | undefined {
  return remediationTypes.find((type) => type.name === name);
}
