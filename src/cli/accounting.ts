/** Counts the rows that a command used and left out, and decides whether enough were used to rely on its result. */

import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import type { LeftOut } from "../replay/left-out.ts";
import { CliError } from "./errors.ts";
import type { LineOutput } from "./line-output.ts";

export interface Accounted {
  /** Rows read. */
  readonly rows: number;
  readonly leftOut: LeftOut;
  /** Rows that were not left out and have no number as importance: NULL, NaN or infinite. */
  readonly withoutNumber?: number;
  /** Rows in whose names control characters were removed. */
  readonly cleaned?: number;
}

/** A command that leaves out more than this share of its rows was no success. */
const tolerated = 0.1;
/** A command that finds no number in more than this share of its importances was no success. */
const toleratedWithoutNumber = 0.9;

/** Explanations of the reasons that have no example. */
const meanings: Readonly<Record<string, string>> = {
  unfinished: "the rows end before their attribution is complete",
  future: "they are ahead of the clock",
  ignored: "the configuration ignores their features",
  late: "they came after their attribution was judged",
  duplicate: "they are copies of other rows",
  second_value: "their feature has another value at the same time",
  seen_position: "they were read before",
  too_many_models: "they belong to models beyond detection.max_models",
  too_many_new_models: "they belong to models beyond detection.max_new_models_per_hour",
  too_many_features: "they have features beyond detection.max_features",
};

/** Sentences about rows that were left out, had no number, or had a name cleaned; none when there are none. */
export function rowSentences(accounted: Accounted): readonly string[] {
  const { rows, withoutNumber = 0, cleaned = 0 } = accounted;
  return [
    ...leftOutSentences(accounted),
    ...(withoutNumber > 0
      ? [
          `of ${counted(rows, "row")} ${withoutNumber} have no number as importance: NULL, NaN or infinite`,
        ]
      : []),
    ...(cleaned > 0
      ? [
          `in ${cleaned} of ${counted(rows, "row")} a name held controls or marks of direction, and is read without them`,
        ]
      : []),
  ];
}

/** A sentence about all rows, then one for each reason; none when no row was left out. */
function leftOutSentences({ rows, leftOut }: Accounted): readonly string[] {
  if (leftOut.rows === 0) return [];
  const reasons = [...leftOut.reasons].map(([reason, { rows: count, example }]) =>
    printable(`left out ${count}, ${reason}: ${example || (meanings[reason] ?? "")}`),
  );
  return [
    `of ${counted(rows, "row")} ${rows - leftOut.rows} are attributed and ${leftOut.rows} left out`,
    ...reasons,
  ];
}

/**
 * @param judged how many attributions, or rows of a table, were judged
 * @returns a sentence when more than a tenth was left out, not counting what the configuration ignores and the newest
 * rows, or when more than nine tenths of the importances are no numbers; the exit code is 1 then
 * @throws CliError DW_CLI_NOTHING_TO_JUDGE, exit code 2
 */
export function tooMuchLeftOut(
  { rows, leftOut, withoutNumber = 0 }: Accounted,
  judged: number,
): string | undefined {
  const lost = leftOut.rows - rowsOf(leftOut, "ignored") - rowsOf(leftOut, "unfinished");
  if (judged === 0) throw nothingToJudge({ rows, leftOut });
  if (withoutNumber > toleratedWithoutNumber * rows)
    return `The importance is NULL, NaN or infinite in ${withoutNumber} of ${counted(rows, "row")}, so what was found says little. Name the column that has the numbers: --columns importance=NAME.`;
  if (lost <= tolerated * rows) return undefined;
  return `More than a tenth of the rows were left out (${lost} of ${rows}), so what was found says little.`;
}

const rowsOf = ({ reasons }: LeftOut, reason: string): number => reasons.get(reason)?.rows ?? 0;

/** Prints the problem, if there is one. @returns the exit code */
export function exitCodeOf(problem: string | undefined, { say }: LineOutput): number {
  if (problem === undefined) return 0;
  say?.(problem);
  return 1;
}

function nothingToJudge({ rows, leftOut }: Accounted): CliError {
  const problem = printable(`there is nothing here to judge: ${whyNothing({ rows, leftOut })}`);
  return new CliError("DW_CLI_NOTHING_TO_JUDGE", problem, {
    hint: hintFor({ rows, leftOut }),
  });
}

/** The role of the column that a reason is about. */
const roles: Readonly<Record<string, string>> = {
  bad_timestamp: "timestamp",
  null_timestamp: "timestamp",
  non_finite_time: "timestamp",
  null_model: "model",
  long_model: "model",
  null_feature: "feature",
  long_feature: "feature",
  bad_importance: "importance",
  not_an_object: "values",
  long_object: "values",
};

/** Next steps for reasons that are about more than one column. */
const hints: Readonly<Record<string, string>> = {
  wrong_width:
    "Each row needs as many cells as the header. Put a cell that holds the separator in double quotes, and separate header and rows by the same sign.",
  second_value:
    "Give full times if they are cut to the day or the hour. If a column names the model: --columns model=NAME.",
};

function hintFor({ rows, leftOut }: Accounted): string {
  if (rows === 0)
    return "A file needs rows below the line that names the columns; a table needs rows that this role may read.";
  const reason = mostFrequent(leftOut)?.[0] ?? "";
  const role = roles[reason];
  return role === undefined
    ? (hints[reason] ??
        "Give rows with a time, a feature and an importance, of at least two times.")
    : `Correct what the example shows, or name another column: --columns ${role}=NAME.`;
}

const mostFrequent = ({ reasons }: LeftOut) =>
  [...reasons]
    .filter(([reason]) => reason !== "unfinished")
    .toSorted(([, a], [, b]) => b.rows - a.rows)[0];

function whyNothing({ rows, leftOut }: Accounted): string {
  if (rows === 0) return "it has no rows";
  const [reason, first] = mostFrequent(leftOut) ?? [];
  if (reason === undefined || first === undefined)
    return `its ${counted(rows, "row")} ${rows === 1 ? "makes" : "make"} up no complete attribution`;
  const lost = leftOut.rows === rows ? "all" : `${leftOut.rows} of`;
  return `${lost} ${counted(rows, "row")} ${rows === 1 ? "was" : "were"} left out, ${reason}: ${first.example || (meanings[reason] ?? "")}`;
}
