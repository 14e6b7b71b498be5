/** How a finding of `check` is printed: as a line for people, or as a JSON line. */
import type { CheckFinding } from "../finding.ts";

export interface CheckedPart extends CheckFinding {
  readonly part: string;
  /** Line in the configuration. */
  readonly line?: number | undefined;
}

/** What people call a part. */
const labels: Readonly<Record<string, string>> = {
  stream: "log",
  tracker: "jira",
  engine: "docker",
};

export function jsonLine({ line, ...finding }: CheckedPart): string {
  const { part, check, ok, doubtful, code, hint } = finding;
  const message = `${finding.message}${placeOf(line)}`;
  return JSON.stringify({ part, check, ok, doubtful, code, message, hint });
}

const placeOf = (line: number | undefined): string => (line === undefined ? "" : ` (line ${line})`);

export function textLine(finding: CheckedPart): string {
  const { part, ok, doubtful, message, hint, line } = finding;
  const mark = doubtful ? "!" : ok ? "✓" : "✗";
  const [kind = part, name] = part.split(":");
  const label = (labels[kind] ?? kind).padEnd(7);
  const named = name === undefined ? message : `${name}: ${message}`;
  const sentences = hint === null ? named : `${named.replace(/\.$/, "")}. ${hint}`;
  return `${mark} ${label} ${sentences}${placeOf(line)}`;
}

export function summaryLine(
  findings: readonly CheckedPart[],
  { offline }: { readonly offline: boolean },
): string {
  const wrong = findings.filter(({ ok }) => !ok).length;
  const doubts = findings.filter(({ doubtful }) => doubtful).length;
  const counts = [
    ...(wrong > 0 ? [`${wrong} wrong`] : []),
    ...(doubts > 0 ? [`${doubts} doubtful`] : []),
  ].join(", ");
  const connected = offline ? "Nothing was connected to." : "Nothing was written anywhere.";
  return `${counts === "" ? "Everything is right" : counts}. ${connected}`;
}
