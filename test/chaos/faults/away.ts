/** A Jira and a container engine that are away for a while. Detection goes on, and what was promised waits. */
import type { JiraIllness } from "../../../src/sandbox/jira/fault.ts";
import { seeded } from "../random.ts";
import { type Fault, type Kinds, lasts } from "./fault.ts";

/** Shorter than the time in which people may approve, so that most proposals of an outage can still be answered. */
const aWhile = (fault: Fault): Promise<void> => lasts(fault, 12_000, 24_000);

const illnesses: readonly JiraIllness[] = [
  "unavailable",
  "drop",
  "hang",
  "login_page",
  "unauthorized",
];

export const away: Kinds = {
  "jira away": {
    lasting: true,
    perform: async ({ jira }, fault) => {
      jira.ill(seeded(fault.seed).pick(illnesses));
      await aWhile(fault).finally(() => jira.ill(undefined));
    },
  },
  "docker away": {
    lasting: true,
    perform: async ({ proxies, engineAway }, fault) => {
      const fromMs = Date.now();
      proxies.docker.refuse(true);
      await aWhile(fault).finally(() => proxies.docker.refuse(false));
      engineAway.push({ fromMs, toMs: Date.now() });
    },
  },
};
