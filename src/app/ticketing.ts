/** Tickets as configured: the tracker, and what is written there. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { type JiraOptions, openJira } from "../tickets/jira/jira.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import { createTicketing, type Ticketing } from "../tickets/ticketing.ts";

interface TicketingParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: TicketsMetrics;
  readonly onRendered: JiraOptions["onRendered"];
}

/** @throws ConfigError DW_CONFIG_SECRET when the token cannot be read */
export function buildTicketing(
  jira: NonNullable<Config["jira"]>,
  links: Config["links"],
  { onRendered, ...parts }: TicketingParts,
): Ticketing {
  return createTicketing({
    ...parts,
    tracker: openJira({
      url: jira.url,
      user: jira.user ?? "",
      token: readSecret(jira.token_file),
      auth: jira.auth,
      project: jira.project,
      issueType: jira.issue_type,
      fields: jira.fields,
      resolveTransition: jira.resolve_transition,
      reopenTransition: jira.reopen_transition,
      wontFixResolution: jira.wont_fix_resolution,
      deadlineMs: jira.deadline,
      logger: parts.logger,
      metrics: parts.metrics,
      onRendered,
    }),
    context: {
      priorities: jira.priorities,
      ...(links.dashboard_url && { dashboardUrl: links.dashboard_url }),
      ...(links.runbook_url && { runbookUrl: links.runbook_url }),
    },
    lookUpMs: jira.look_up_for,
  });
}
