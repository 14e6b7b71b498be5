/** A Jira and a container engine that are away for about a minute. Detection goes on, and what was promised waits. */
import type { JiraIllness } from "../../../src/sandbox/jira/fault.ts";
import { seeded } from "../random.ts";
import { type Fault, type Kinds, lasts } from "./fault.ts";

const aMinute = (fault: Fault): Promise<void> => lasts(fault, 40_000, 60_000);

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
      await aMinute(fault).finally(() => jira.ill(undefined));
    },
  },
  "docker away": {
    lasting: true,
    perform: async ({ proxies, engineAway }, fault) => {
      const fromMs = Date.now();
      proxies.docker.refuse(true);
      await aMinute(fault).finally(() => proxies.docker.refuse(false));
      engineAway.push({ fromMs, toMs: Date.now() });
    },
  },
};
