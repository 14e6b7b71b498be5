/**
 * The parts that `driftwarden doctor` checks in addition to those of `check`: this machine, clocks, the condition of
 * the store, the topic, and the gates of each fix.
 */
import { databaseUrl } from "../config/database.ts";
import type { Config } from "../config/schema.ts";
import type { CheckFinding } from "../finding.ts";
import { longestWindowMs } from "../healing/budgets.ts";
import { stormWindowMs } from "../healing/gates/storm.ts";
import { gatherHistory } from "../healing/gather.ts";
import { outlook } from "../healing/outlook.ts";
import { historyTargets } from "../healing/replicas.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import { machineParts } from "../machine/lines.ts";
import type { Machine, MachineSettings } from "../machine/machine.ts";
import { lookAtSourceClock } from "../source/clock.ts";
import { storeCondition } from "../store/condition.ts";
import { conditionFindings } from "../store/condition-findings.ts";
import { migrations } from "../store/migrations/migrate.ts";
import type { Tx } from "../store/query.ts";
import { readStore } from "../store/read-only.ts";
import { restoredAtMs } from "../store/restore/restore.ts";
import { storeNowMs } from "../store/store-clock.ts";
import { surveyTopic } from "../stream/kafka/topic-survey.ts";
import { type PartCheck, withAnswerDeadline } from "./answer-deadline.ts";
import type { CheckedThrough } from "./checks.ts";
import { decidingHash } from "./deciding-settings.ts";
import { sourceList } from "./sources.ts";
import { kafkaOptions } from "./stream.ts";

/** @param through the same as the checks */
export function doctorChecks(
  config: Config,
  through: Pick<CheckedThrough, "logger" | "fixes">,
  machine: Machine,
): readonly PartCheck[] {
  const kafka = kafkaOptions(config);
  return [
    ...machineParts(machine, machineSettings(config)),
    { part: "store", look: () => lookAtStore(config) },
    ...Object.keys(config.sources).map((name) => ({
      part: `source:${name}`,
      look: () => lookAtClock(config, name),
    })),
    ...(kafka === undefined
      ? []
      : [
          {
            part: "stream",
            look: () => surveyTopic({ ...kafka, logger: through.logger }),
          },
        ]),
    ...(config.fixes.length === 0
      ? []
      : [{ part: "fixes", look: () => lookAtGates(config, through.fixes) }]),
  ].map((check) => withAnswerDeadline(check));
}

function machineSettings(config: Config): MachineSettings {
  return {
    listen: config.http.listen,
    credentials: textsIn(config).filter((text) => text.startsWith("/run/credentials/")),
    hasExecutor: config.docker?.executor !== undefined,
  };
}

/** Every string in the configuration, at any depth. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner));
}

const addressOf = ({ store }: Config): Parameters<typeof readStore>[0] => ({
  url: databaseUrl(store),
  schema: store.schema,
});

async function lookAtStore(config: Config): Promise<readonly CheckFinding[]> {
  const { decisions, outbox, journal } = config.retention;
  const knownVersion = migrations.length;
  const condition = await readStore(addressOf(config), (tx) => storeCondition(tx, knownVersion));
  return conditionFindings(condition, {
    keepMs: { decisions, outbox, journal },
    hash: decidingHash(config),
    knownVersion,
    minVersion: migrations.at(-1)?.minVersion ?? knownVersion,
  });
}

async function lookAtClock(config: Config, name: string): Promise<readonly CheckFinding[]> {
  const source = sourceList(config).find((one) => one.name === name);
  return source === undefined ? [] : lookAtSourceClock(source);
}

/**
 * If the engine does not answer, there are no targets, and gates that need a target report nothing. The line of the
 * engine reports the failure.
 */
async function lookAtGates(
  config: Config,
  fixes: readonly ConfiguredFix[],
): Promise<readonly CheckFinding[]> {
  const targets = await Promise.all(
    fixes.map(({ remediation }) => remediation.resolve().catch(() => [])),
  );
  return readStore(addressOf(config), async (tx) => {
    const { schema } = await storeCondition(tx, migrations.length);
    if (schema === undefined || schema.version < migrations.length) return [];
    const nowMs = await storeNowMs(tx);
    const restored = await restoredAtMs(tx);
    const found: CheckFinding[] = [];
    for (const [index, { fix }] of fixes.entries()) {
      const at = historyTargets(targets[index]);
      const history = await historyOf(tx, { fix, nowMs, at });
      found.push(...outlook({ fix, nowMs, history, restoredAtMs: restored }, `fixes.${index}`));
    }
    return found;
  });
}

function historyOf(
  tx: Tx,
  {
    fix,
    nowMs,
    at,
  }: Pick<ConfiguredFix, "fix"> & { nowMs: number; at: ReturnType<typeof historyTargets> },
): ReturnType<typeof gatherHistory> {
  return gatherHistory(tx, {
    ...at,
    id: "",
    fix: fix.name,
    nowMs,
    sinceMs: nowMs - longestWindowMs(fix.budgets),
    stormSinceMs: fix.storm && nowMs - stormWindowMs,
  });
}
