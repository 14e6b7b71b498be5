/** How a finding of `check` or `doctor` is printed: as a line for people, or as a JSON line. */
import type { CheckFinding } from "../finding.ts";

export interface CheckedPart extends CheckFinding {
  readonly part: string;
  /** Line in the configuration. */
  readonly line?: number | undefined;
}

/** Who can take the next step where a finding names nobody. */
const keepers: Readonly<Record<string, string>> = {
  store: "the store's database administrator",
  source: "the source's database administrator",
  stream: "Kafka's administrator",
  tracker: "Jira's administrator",
  channel: "the Alertmanager's administrator",
  executor: "root on this machine",
};

/** Codes of what is wrong in the words of the configuration, so that whoever wrote them can correct them. */
const ownWords =
  /^DW_(ADDRESS|CONFIG)_|_(DATABASE_MISSING|TABLE_MISSING|COLUMN_MISSING|PASSWORD_MISSING)$/;

/** Who can take the next step; null for a finding that asks for none. */
function askedOf({ part, ok, doubtful, ask, code }: CheckedPart): string | null {
  if (ok && !doubtful) return null;
  if (ask === undefined && code !== null && ownWords.test(code)) return "you";
  return ask ?? keepers[part.split(":")[0] ?? ""] ?? "you";
}

/** What people call a part. */
const labels: Readonly<Record<string, string>> = {
  stream: "log",
  tracker: "jira",
  engine: "docker",
};

interface LineOptions {
  /** Whether the line names who can take the next step, as those of `doctor` do. */
  readonly withAsk: boolean;
}

export function jsonLine({ line, ...finding }: CheckedPart, { withAsk }: LineOptions): string {
  const { part, check, ok, doubtful, code, hint } = finding;
  const message = `${finding.message}${placeOf(line)}`;
  const asked = withAsk && { ask: askedOf(finding) };
  return JSON.stringify({ part, check, ok, doubtful, code, message, hint, ...asked });
}

const placeOf = (line: number | undefined): string => (line === undefined ? "" : ` (line ${line})`);

export function textLine(finding: CheckedPart, { withAsk }: LineOptions): string {
  const { part, ok, doubtful, message, hint, line } = finding;
  const mark = doubtful ? "!" : ok ? "✓" : "✗";
  const [kind = part, name] = part.split(":");
  const label = (labels[kind] ?? kind).padEnd(7);
  const named = name === undefined ? message : `${name}: ${message}`;
  const sentences = hint === null ? named : `${named.replace(/\.$/, "")}. ${hint}`;
  const asked = withAsk ? askedOf(finding) : null;
  const whom = asked === null || asked === "you" ? "" : ` Ask ${asked}.`;
  return `${mark} ${label} ${sentences}${placeOf(line)}${whom}`;
}

interface Done {
  readonly offline: boolean;
  /** Whether the test message arrived; undefined where none was asked for. */
  readonly sent: boolean | undefined;
}

const writing: Readonly<Record<string, string>> = {
  true: "Only the test message was sent.",
  false: "The test message did not arrive.",
};

export function summaryLine(findings: readonly CheckedPart[], { offline, sent }: Done): string {
  const wrong = findings.filter(({ ok }) => !ok).length;
  const doubts = findings.filter(({ doubtful }) => doubtful).length;
  const counts = [
    ...(wrong > 0 ? [`${wrong} wrong`] : []),
    ...(doubts > 0 ? [`${doubts} doubtful`] : []),
  ].join(", ");
  const did = writing[String(sent)] ?? "Nothing was written anywhere.";
  const connected = offline ? "Nothing was connected to." : did;
  return `${counts === "" ? "Everything is right" : counts}. ${connected}`;
}
