/** The registry of remediations: one line each. Only app.ts imports it. */
import type { RegisteredRemediation } from "./remediation.ts";
import { restartContainer } from "./restart-container.ts";

/** Every remediation, in the order in which people see them. */
export const remediationTypes: readonly RegisteredRemediation[] = [restartContainer];
