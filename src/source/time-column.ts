/** How the time column of a source is read: by its type, and by the unit that the configuration names. */
import { escapeIdentifier } from "pg";
import { numberTypes, textTypes, timestampTypes } from "./column-types.ts";
import { SourceError } from "./errors.ts";
import type { SourceColumn, TimeColumnReading } from "./layout.ts";
import type { SourceOptions } from "./options.ts";
import { type TimeUnit, unitOf } from "./time-units.ts";

interface Asked extends Pick<SourceOptions, "timeZone" | "timeUnit"> {
  readonly column: SourceColumn;
  /** The table's name in SQL. */
  readonly table: string;
  /** A value of the column; undefined if the table is empty. */
  readonly example: () => Promise<number | undefined>;
}

/** A time column of numbers whose unit nobody has named. */
export class TimeUnitMissing extends SourceError {
  /** The unit that fits its values; undefined when none does. */
  readonly unit: TimeUnit | undefined;

  constructor({ name, type }: SourceColumn, unit: TimeUnit | undefined, hint: string) {
    const message = `column ${name} is ${type}, and no unit of its times is given`;
    super("DW_SOURCE_COLUMN_TYPE", message, { hint });
    this.unit = unit;
  }
}

/** @throws SourceError DW_SOURCE_COLUMN_TYPE with what to set, or the view to make */
export async function timeColumnOf(asked: Asked): Promise<TimeColumnReading> {
  const { column, timeZone, timeUnit } = asked;
  const time = timestampTypes.find((type) => type === column.type);
  const number = numberTypes.get(column.type);
  if (time !== undefined && timeUnit === undefined) return { type: time, zone: timeZone };
  if (number !== undefined && timeUnit !== undefined) return { type: number, unit: timeUnit };
  const { name, type } = column;
  if (time !== undefined)
    throw wrongType(
      `column ${name} is ${type}, and time_unit is given`,
      "Delete time_unit of the source: it is for a time column of numbers.",
    );
  if (number !== undefined) throw await unitMissing(asked);
  throw wrongType(`column ${name} is ${type}, not a time`, typeHint(asked));
}

async function unitMissing({ column, example }: Asked): Promise<TimeUnitMissing> {
  const value = await example();
  const unit = value === undefined ? undefined : unitOf(value);
  return new TimeUnitMissing(column, unit, unitHint(value, unit));
}

function unitHint(value: number | undefined, unit: TimeUnit | undefined): string {
  const choice = "Set time_unit of the source to seconds, milliseconds or microseconds";
  if (value === undefined) return `${choice}.`;
  return unit === undefined
    ? `${choice}, or name another column: as none of them ${value} is a time between 1990 and 2100.`
    : `Set time_unit: ${unit} of the source: as ${unit} since 1970, ${value} is ${isoOf(value, unit)}.`;
}

const isoOf = (value: number, unit: TimeUnit): string => new Date(value * msOf[unit]).toISOString();
const msOf = { seconds: 1000, milliseconds: 1, microseconds: 0.001 } as const;

function typeHint({ column: { name, type }, table }: Asked): string {
  const quoted = escapeIdentifier(name);
  if (textTypes.has(type))
    return `Text has no order in time. Make a view, and name it in table of the source: CREATE VIEW metrics_in_time AS SELECT *, ${quoted}::timestamptz AS read_at FROM ${table}; then columns.timestamp is read_at.`;
  return `Set columns.timestamp of the source to a column of type ${timestampTypes.join(", ")}, or to a column of numbers with time_unit.`;
}

const wrongType = (message: string, hint: string): SourceError =>
  new SourceError("DW_SOURCE_COLUMN_TYPE", message, { hint });
