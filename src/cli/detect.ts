/** `driftwarden detect`: scores any table of numbers, row by row. */
import type { DetectorType } from "../../detectors/detector.ts";
import { type DetectorChoice, detectorNamed, detectorSet } from "../detection/default-detectors.ts";
import { DetectionError } from "../detection/errors.ts";
import type { DecisionSettings, DetectorUse } from "../detection/settings.ts";
import { messageOf } from "../errors.ts";
import { parseNumber, parseTime } from "../replay/cells.ts";
import { type CsvRow, lineError, readCsv } from "../replay/csv.ts";
import { type RowScorer, ruledScorer, soleScorer, type TableRow } from "../replay/row-scorer.ts";
import { CliError } from "./errors.ts";
import type { LineOutput } from "./line-output.ts";

export interface DetectOptions extends DetectorChoice {
  readonly csv: string;
  readonly detectorTypes: readonly DetectorType<unknown>[];
  /** This one alone: it scores, then learns, every row. Default: the set that `run` uses. */
  readonly detector?: string;
  /** Parameters of that detector, each `key=JSON`. */
  readonly set?: readonly string[];
  /** Columns that are no features. */
  readonly ignore?: readonly string[];
  /** Only the rows at which an episode opens. */
  readonly alerts?: boolean;
  /** From a configuration, instead of the default set and decision. */
  readonly detectors?: readonly DetectorUse[];
  readonly decision?: Partial<DecisionSettings>;
}

/** Column of each feature in the file, features in order of their names. */
interface Columns {
  readonly time: number;
  readonly features: readonly { readonly name: string; readonly column: number }[];
}

/**
 * @returns the exit code, 0 whatever it finds
 * @throws CliError DW_CLI_USAGE, FileError DW_CLI_FILE
 */
export async function runDetect(options: DetectOptions, io: LineOutput): Promise<number> {
  let columns: Columns | undefined;
  let scorer: RowScorer | undefined;
  let row = 0;
  for await (const { header, rows } of readCsv(options.csv)) {
    if (columns === undefined) {
      columns = columnsOf(options, header);
      scorer = scorerOf(options, columns);
      io.stdout("row,score");
    }
    for (const one of rows) {
      const scored = scorer?.(rowOf(options.csv, one, columns));
      const shown = options.alerts !== true || scored?.opens === true;
      if (shown) io.stdout(`${row},${scored?.score ?? ""}`);
      row++;
    }
  }
  return 0;
}

function columnsOf({ csv, ignore = [] }: DetectOptions, header: readonly string[]): Columns {
  const features = header
    .map((name, column) => ({ name, column }))
    .filter(({ name }) => name !== "timestamp" && !ignore.includes(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (features.length === 0) throw lineError(csv, 1, "there is no column to score");
  const twice = features.find(({ name }, i) => features[i + 1]?.name === name);
  if (twice !== undefined) throw lineError(csv, 1, `the column ${twice.name} stands there twice`);
  return { time: header.indexOf("timestamp"), features };
}

/** NaN and the infinities stay as they are; undefined is an empty cell: an absent feature. */
function rowOf(file: string, { fields, line }: CsvRow, columns: Columns): TableRow {
  const cell = fields[columns.time];
  const time = cell === undefined ? undefined : parseTime(cell);
  if (cell !== undefined && time === undefined) {
    throw lineError(file, line, `timestamp ${JSON.stringify(cell)} is no time`);
  }
  const values = columns.features.map(({ name, column }) => {
    const text = fields[column]?.trim() ?? "";
    if (text === "") return undefined;
    const value = parseNumber(text);
    if (value === undefined)
      throw lineError(file, line, `${name} ${JSON.stringify(text)} is no number`);
    return value;
  });
  return { values, time };
}

function scorerOf(options: DetectOptions, { features }: Columns): RowScorer {
  const names = features.map(({ name }) => name);
  if (options.detector !== undefined) {
    const type = knownDetector(options, options.detector);
    return soleScorer(
      { type, params: paramsOf(type, options.set ?? [], names), judge: true },
      names.length,
    );
  }
  if ((options.set ?? []).length > 0) {
    throw usage("--set without --detector", "Name the detector that the parameters are for.");
  }
  const detectors = options.detectors ?? detectorSet(options.detectorTypes, options);
  return ruledScorer({ names, detectors, decision: options.decision ?? {} });
}

function knownDetector({ detectorTypes }: DetectOptions, name: string): DetectorType<unknown> {
  try {
    return detectorNamed(detectorTypes, name);
  } catch (error) {
    if (error instanceof DetectionError) throw usage(error.message, error.hint);
    throw error;
  }
}

function paramsOf(
  type: DetectorType<unknown>,
  set: readonly string[],
  names: readonly string[],
): unknown {
  const given = Object.fromEntries(set.map(settingOf));
  // Limits go by feature name, which a detector does not know: it is told the names with them.
  const input = "limits" in given && !("features" in given) ? { ...given, features: names } : given;
  const parsed = type.params.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  throw usage(
    `parameters of ${type.name}: ${problems.join("; ")}`,
    "Each --set takes key=JSON, for example --set window_size=100.",
  );
}

function settingOf(text: string): [string, unknown] {
  const at = text.indexOf("=");
  try {
    if (at < 1) throw new SyntaxError("there is no key before =");
    return [text.slice(0, at), JSON.parse(text.slice(at + 1))];
  } catch (error) {
    throw usage(
      `--set ${text}: ${messageOf(error)}`,
      "Write key=JSON, for example --set n_trees=25.",
    );
  }
}

function usage(message: string, hint: string): CliError {
  return new CliError("DW_CLI_USAGE", message, { hint });
}
