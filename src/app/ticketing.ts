/** Tickets as configured: the tracker, and what is written there. The one file that knows which trackers there are. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { type JiraOptions, openJira } from "../tickets/jira/jira.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import type { TicketContext } from "../tickets/new-issue.ts";
import { createTicketing, type Ticketing } from "../tickets/ticketing.ts";
import type { OnRendered, Tracker } from "../tickets/tracker.ts";

interface TicketingParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: TicketsMetrics;
  readonly onRendered: OnRendered | undefined;
}

/** A tracker, and what its section says of tickets. */
interface OpenedTracker {
  readonly tracker: Tracker;
  readonly priorities: TicketContext["priorities"];
  readonly lookUpMs: number;
}

/**
 * @returns undefined when no tracker is configured
 * @throws ConfigError DW_CONFIG_SECRET when the token cannot be read
 */
export function buildTicketing(
  { jira, links }: Config,
  parts: TicketingParts,
): Ticketing | undefined {
  // One line for each tracker.
  const opened = jira && openedJira(jira, parts);
  if (opened === undefined) return undefined;
  const { clock, logger, metrics } = parts;
  const { tracker, priorities, lookUpMs } = opened;
  const context = {
    priorities,
    ...(links.dashboard_url && { dashboardUrl: links.dashboard_url }),
    ...(links.runbook_url && { runbookUrl: links.runbook_url }),
  };
  return createTicketing({ clock, logger, metrics, tracker, context, lookUpMs });
}

function openedJira(
  jira: NonNullable<Config["jira"]>,
  { logger, metrics, onRendered }: TicketingParts,
): OpenedTracker {
  const token = readSecret(jira.token_file);
  const tracker = openJira({ ...jiraOptions(jira, { logger, metrics }), token, onRendered });
  return { tracker, priorities: jira.priorities, lookUpMs: jira.look_up_for };
}

/** Jira as configured; the token is read when it is needed. */
export function jiraOptions(
  jira: NonNullable<Config["jira"]>,
  { logger, metrics }: Pick<TicketingParts, "logger" | "metrics">,
): Omit<JiraOptions, "token"> {
  return {
    url: jira.url,
    user: jira.user ?? "",
    auth: jira.auth,
    project: jira.project,
    issueType: jira.issue_type,
    fields: jira.fields,
    resolveTransition: jira.resolve_transition,
    reopenTransition: jira.reopen_transition,
    wontFixResolution: jira.wont_fix_resolution,
    deadlineMs: jira.deadline,
    logger,
    metrics,
  };
}
