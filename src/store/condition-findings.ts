/**
 * The findings of `driftwarden doctor` about the store, beyond those of `check`: clock, schema, size, and the processes
 * on it. Pure.
 */
import { clockFinding } from "../clock-difference.ts";
import { formatDuration } from "../duration.ts";
import { type CheckFinding, doubtful, fine } from "../finding.ts";
import { counted } from "../plural.ts";
import type { AgedTable, StoreCondition } from "./condition.ts";

export interface StoreSettings {
  /** How long rows are kept, ms. */
  readonly keepMs: Readonly<Record<AgedTable, number>>;
  /** Hash of the deciding settings of this configuration. */
  readonly hash: string;
  /** Version of the schema that this program knows. */
  readonly knownVersion: number;
  /** The oldest version that a program must know once this program has migrated the schema. */
  readonly minVersion: number;
}

const administrator = "the store's database administrator";

export function conditionFindings(
  condition: StoreCondition,
  settings: StoreSettings,
): readonly CheckFinding[] {
  return [
    clockFinding(condition.clock, { whose: "the store's", ask: administrator }),
    schemaFinding(condition, settings),
    ...sizeFindings(condition, settings),
    ...groupFindings(condition, settings),
  ];
}

function schemaFinding(
  { schema }: StoreCondition,
  { knownVersion, minVersion }: StoreSettings,
): CheckFinding {
  if (schema === undefined) return fine("schema", "the schema is made at the first start");
  const { version } = schema;
  if (version === knownVersion) return fine("schema", `schema ${version}, nothing to migrate`);
  if (version > knownVersion)
    return doubtful("schema", {
      message: `schema ${version} is of a newer program; this one knows ${knownVersion}, and may still run on it`,
      hint: "Finish the upgrade: install the newer Driftwarden here too.",
      ask: "you",
    });
  const refuses =
    minVersion > version ? `; programs that know less than ${minVersion} are refused then` : "";
  return doubtful("schema", {
    message: `the next start takes the schema from ${version} to ${knownVersion}${refuses}`,
    hint: "Make a backup of the store first: docs/how-to/backup.md.",
    ask: "you",
  });
}

/** Retention runs once an hour. A row that is a day older than configured shows that it does not run. */
const graceMs = 86_400_000;

function sizeFindings(
  { size, oldest }: StoreCondition,
  { keepMs }: StoreSettings,
): readonly CheckFinding[] {
  const late = oldest.filter(({ table, ageMs }) => (ageMs ?? 0) > keepMs[table] + graceMs);
  if (late.length === 0) {
    const text = `the schema has ${bytesText(size.schema)} of the database's ${bytesText(size.database)}`;
    return [fine("size", text)];
  }
  return late.map(({ table, ageMs }) =>
    doubtful("size", {
      message: `the oldest row of ${table} is ${formatDuration(ageMs ?? 0)} old, and retention.${table} is ${formatDuration(keepMs[table])}: nothing deletes old rows`,
      hint: "Let a daemon run for more than an hour, and look in its log for: deleting old rows failed.",
      key: `retention.${table}`,
      ask: "you",
    }),
  );
}

const bytesText = (bytes: number): string =>
  bytes >= 1024 ** 3
    ? `${(bytes / 1024 ** 3).toFixed(1)} GB`
    : `${Math.ceil(bytes / 1024 ** 2)} MB`;

function groupFindings(
  { processes }: StoreCondition,
  { hash }: StoreSettings,
): readonly CheckFinding[] {
  const older = processes.filter((one) => one.hash === null);
  const others = processes.filter((one) => one.hash !== null && one.hash !== hash);
  const found = [
    ...(older.length === 0
      ? []
      : [
          doubtful("group", {
            message: `an older program runs on this store: ${namesOf(older)}`,
            hint: "Upgrade all processes of a store soon after each other.",
            ask: "you",
          }),
        ]),
    ...(others.length === 0
      ? []
      : [
          doubtful("group", {
            message: `${counted(others.length, "process decides", "processes decide")} by other settings than this file: ${namesOf(others)}`,
            hint: "If this file is right, restart them with it.",
            ask: "you",
          }),
        ]),
  ];
  if (found.length > 0) return found;
  const same = counted(processes.length, "process runs", "processes run");
  return [
    fine("group", processes.length === 0 ? "no process runs on it" : `${same} with these settings`),
  ];
}

const namesOf = (processes: readonly { readonly owner: string }[]): string =>
  processes.map(({ owner }) => owner).join(", ");
