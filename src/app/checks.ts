/** The checks that `check` and the probes of the daemon run: one for each part, each with its own deadline. */
import type { Logger } from "pino";
import type { Engine } from "../../remediations/docker/engine.ts";
import { databaseUrl } from "../config/database.ts";
import { fixDoubts } from "../config/fix-facts.ts";
import { peopleFacts } from "../config/people-facts.ts";
import { routeFacts } from "../config/route-facts.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { type CheckFinding, doubtful, failed, fine } from "../finding.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import { surveyFixes } from "../healing/survey.ts";
import { nearest } from "../nearest.ts";
import { type SourceSurvey, surveySource } from "../source/survey.ts";
import { surveyStore } from "../store/survey.ts";
import { surveyKafka } from "../stream/kafka/survey.ts";
import { surveyAlertmanager } from "../tickets/alertmanager/survey.ts";
import { openJira } from "../tickets/jira/jira.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { surveyJira } from "../tickets/jira/survey.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import type { Ticketing } from "../tickets/ticketing.ts";
import { openAlertmanager } from "./alertmanager.ts";
import { answerDeadlineMs, type PartCheck, withAnswerDeadline } from "./answer-deadline.ts";
import { lookAtExecutor } from "./check-executor.ts";
import { lookAtOverrides, type SeenNames } from "./check-overrides.ts";
import { lookAtServices } from "./services.ts";
import { sourceList } from "./sources.ts";
import { kafkaOptions, logName } from "./stream.ts";
import { jiraOptions } from "./ticketing.ts";

export interface CheckedThrough {
  readonly logger: Logger;
  readonly metrics: TicketsMetrics;
  readonly fixes: readonly ConfiguredFix[];
  /** Undefined where none is configured. */
  readonly engine: Engine | undefined;
  /** Names the proxy that leads to the tracker. */
  readonly environment: Environment;
  /** The daemon's. Its ping fails, without a request, while the tracker limits calls or refuses the login. */
  readonly ticketing?: Pick<Ticketing, "ping"> | undefined;
}

export function partChecks(config: Config, through: CheckedThrough): readonly PartCheck[] {
  const { fixes } = through;
  const sources = sourceChecks(config);
  return [
    { part: "store", look: () => surveyStore(storeSurvey(config)) },
    ...sources.map(({ name, survey }) => ({
      part: `source:${name}`,
      look: async () => (await survey()).findings,
    })),
    { part: "stream", look: () => lookAtStream(config, through) },
    ...trackerCheck(config, through),
    ...alertmanagerCheck(config, through),
    ...executorCheck(config),
    ...(fixes.length === 0
      ? []
      : [
          { part: "engine", look: () => surveyFixes(fixes) },
          { part: "fixes", look: async () => lookAtConditions(config, await surveysOf(sources)) },
          { part: "fixes", look: async () => fixDoubts(config) },
        ]),
    ...(Object.keys(config.services).length === 0
      ? []
      : [{ part: "services", look: () => lookAtServices(config, through.engine) }]),
    ...(config.detection.overrides.length === 0
      ? []
      : [
          {
            part: "overrides",
            look: async () => lookAtOverrides(config, await namesSeen(sources)),
          },
        ]),
    { part: "people", look: async () => [...peopleFacts(config), ...routeFacts(config)] },
  ].map((check) => withAnswerDeadline(check));
}

function storeSurvey({ store, stream }: Config): Parameters<typeof surveyStore>[0] {
  const log =
    stream.kafka === undefined ? { name: logName, partitions: stream.partitions } : undefined;
  return { url: databaseUrl(store), schema: store.schema, log };
}

interface SourceCheck {
  readonly name: string;
  /** Callers at the same time share one survey. */
  readonly survey: () => Promise<SourceSurvey>;
}

function sourceChecks(config: Config): readonly SourceCheck[] {
  return Object.keys(config.sources).map((name) => {
    let running: Promise<SourceSurvey> | undefined;
    const start = async (): Promise<SourceSurvey> => {
      const options = sourceList(config).find((source) => source.name === name);
      if (options === undefined) throw new TypeError(`there is no source ${name}`);
      return surveySource(options);
    };
    const survey = (): Promise<SourceSurvey> => {
      running ??= start().finally(() => {
        running = undefined;
      });
      return running;
    };
    return { name, survey };
  });
}

const surveysOf = (sources: readonly SourceCheck[]): Promise<readonly SourceSurvey[]> =>
  Promise.all(sources.map(({ survey }) => survey()));

const namesSeen = (sources: readonly SourceCheck[]): Promise<readonly SeenNames[]> =>
  Promise.all(
    sources.map(async ({ name, survey }) => {
      const { models, features } = await survey();
      return { source: name, models, features };
    }),
  );

async function lookAtStream(
  config: Config,
  { logger }: CheckedThrough,
): Promise<readonly CheckFinding[]> {
  const options = kafkaOptions(config);
  if (options === undefined) return [fine("log", "in the store (no kafka: section)")];
  return surveyKafka({ ...options, logger });
}

/** The check of the configured tracker. Each supported tracker has its part here. */
function trackerCheck(config: Config, through: CheckedThrough): readonly PartCheck[] {
  const { jira } = config;
  if (jira === undefined) return [];
  const priorities = [...new Set(Object.values(jira.priorities).filter((name) => name !== null))];
  const options = () => ({ ...jiraOptions(jira, through), token: readSecret(jira.token_file) });
  const survey = (): Promise<readonly CheckFinding[]> =>
    surveyJira({
      ...options(),
      priorities,
      pictures: jira.pictures,
      groups: Object.keys(jira.groups),
      routed: config.routes.map(({ project, issue_type: issueType }) => ({ project, issueType })),
      deadlineMs: answerDeadlineMs,
    });
  const { ticketing } = through;
  const ping = async (): Promise<readonly CheckFinding[]> =>
    (ticketing ?? openJira(options())).ping().then(
      () => [fine("login", "answers")],
      (error: unknown) => [failed("login", error)],
    );
  const look = async (): Promise<readonly CheckFinding[]> => {
    const answered = ticketing === undefined ? [] : await ping();
    return answered.some(({ ok }) => !ok) ? answered : survey();
  };
  return [{ part: "tracker", look, ping }];
}

function executorCheck({ docker }: Config): readonly PartCheck[] {
  if (docker?.executor === undefined) return [];
  const { executor, deadline } = docker;
  return [{ part: "executor", look: () => lookAtExecutor(executor, deadline) }];
}

const noTickets = doubtful("tickets", {
  message: "without jira: there are no tickets, so it is told of unanswered questions alone",
  hint: "Add a jira: section, or remove alertmanager:.",
  key: "alertmanager",
});

function alertmanagerCheck(config: Config, { environment }: CheckedThrough): readonly PartCheck[] {
  const { alertmanager } = config;
  if (alertmanager === undefined) return [];
  const look = async (): Promise<readonly CheckFinding[]> => {
    const opened = openAlertmanager(config, environment);
    const found = opened === undefined ? [] : await surveyAlertmanager(opened, alertmanager.url);
    return config.jira === undefined ? [...found, noTickets] : found;
  };
  return [{ part: "channel:alertmanager", look }];
}

/** A condition that no recent row meets is probably a mistake. */
function lookAtConditions(
  config: Config,
  surveys: readonly SourceSurvey[],
): readonly CheckFinding[] {
  const seen = {
    model: [...new Set(surveys.flatMap(({ models }) => [...models]))],
    feature: [...new Set(surveys.flatMap(({ features }) => [...features]))],
  };
  return config.fixes.flatMap(({ name, when }, index) =>
    (["model", "feature"] as const).flatMap((what) => {
      const wanted = when[what] ?? [];
      const unknown = wanted.filter(
        (value) => !seen[what].includes(value.split("/").at(-1) ?? value),
      );
      if (seen[what].length === 0 || unknown.length < Math.max(wanted.length, 1)) return [];
      const meant = nearest(unknown[0] ?? "", seen[what]);
      return [
        doubtful(name, {
          message: `${name}: no recent row has the ${what} ${unknown.join(", ")}, so it would never run`,
          hint: meant === undefined ? `Correct when.${what}.` : `Did you mean ${meant}?`,
          key: `fixes.${index}.when`,
        }),
      ];
    }),
  );
}
