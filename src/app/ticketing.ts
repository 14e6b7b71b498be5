/** Builds the configured tracker, and what writes to it. checks.ts and http.ts name the trackers too. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { readAuthorities } from "../config/certificate.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import { type JiraOptions, openJira } from "../tickets/jira/jira.ts";
import { JiraPace } from "../tickets/jira/pace.ts";
import { JiraPause } from "../tickets/jira/pause.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import type { TicketContext } from "../tickets/new-issue.ts";
import type { MakePicture } from "../tickets/picture/picturing.ts";
import type { TicketTalk } from "../tickets/talk.ts";
import { createTicketing, type Ticketing } from "../tickets/ticketing.ts";
import type { OnRendered, Tracker } from "../tickets/tracker.ts";
import { keptFieldIds, routedProjects, ticketHelp } from "./ticket-help.ts";

interface TicketingParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: TicketsMetrics;
  readonly onRendered: OnRendered | undefined;
  readonly fixes: readonly ConfiguredFix[];
  readonly makePicture: MakePicture | undefined;
  /** Environment of the process; it may name a proxy for requests to the tracker. */
  readonly environment: Environment;
}

/** A tracker, and what its section says of tickets. */
interface OpenedTracker {
  readonly tracker: Tracker;
  /** Reads what people say on its tickets; undefined where the tracker cannot. */
  readonly talk: TicketTalk | undefined;
  readonly priorities: TicketContext["priorities"];
  readonly lookUpMs: number;
}

/**
 * @returns undefined when no tracker is configured
 * @throws ConfigError DW_CONFIG_SECRET when the token cannot be read
 */
export function buildTicketing(config: Config, parts: TicketingParts): Ticketing | undefined {
  const { jira } = config;
  // Each supported tracker has a line here.
  const opened =
    jira &&
    openedJira(jira, {
      ...parts,
      keptFields: keptFieldIds(config),
      routedProjects: routedProjects(config),
    });
  if (opened === undefined) return undefined;
  const { fixes, ...needed } = parts;
  const { tracker, talk, priorities, lookUpMs } = opened;
  const context = { priorities, ...ticketHelp(config, fixes) };
  return createTicketing({ ...needed, tracker, talk, context, lookUpMs });
}

interface KeptParts {
  /** Ids of the fields that routes keep up to date. */
  readonly keptFields: readonly string[];
  /** Keys of the projects that routes name. */
  readonly routedProjects: readonly string[];
}

function openedJira(
  jira: NonNullable<Config["jira"]>,
  { logger, metrics, onRendered, environment, ...routes }: TicketingParts & KeptParts,
): OpenedTracker {
  const token = (): string => readSecret(jira.token_file);
  const options = jiraOptions(jira, { logger, metrics, environment });
  const { P0, P1, P2 } = jira.priorities;
  const priorities = { P0: P0 ?? undefined, P1: P1 ?? undefined, P2: P2 ?? undefined };
  const left = { pause: new JiraPause(), pace: new JiraPace() };
  const routed = { keptFields: routes.keptFields, routedProjects: routes.routedProjects };
  const tracker = openJira({ ...options, ...left, ...routed, token, onRendered });
  return {
    tracker,
    talk: tracker.talk,
    priorities,
    lookUpMs: jira.look_up_for,
  };
}

type JiraParts = Pick<TicketingParts, "logger" | "metrics" | "environment">;

/** Jira as configured; the token is read when it is needed. */
export function jiraOptions(
  jira: NonNullable<Config["jira"]>,
  { logger, metrics, environment }: JiraParts,
): Omit<JiraOptions, "token"> {
  return {
    url: jira.url,
    user: jira.user ?? "",
    environment,
    ca: readAuthorities(jira.ca_file, environment),
    auth: jira.auth,
    project: jira.project,
    issueType: jira.issue_type,
    fields: jira.fields,
    keyField: jira.key_field,
    resolveTransition: jira.resolve_transition,
    resolveFields: jira.resolve_fields,
    reopenTransition: jira.reopen_transition,
    wontFixResolution: jira.wont_fix_resolution,
    deadlineMs: jira.deadline,
    logger,
    metrics,
  };
}
