/** One line of the audit, as JSON and as text for people. */
import { matchersJson } from "../incidents/freeze-json.ts";
import { matchersText } from "../incidents/matchers.ts";
import { isoToSecond } from "../iso-time.ts";
import type { AuditedFreeze, AuditedLine } from "../store/journal/audited.ts";

/** Account of the tracker → name in the configuration. */
export type AccountNames = ReadonlyMap<string, string>;

const time = (ms: number): string => new Date(ms).toISOString();

/** Who did it: a person, or the program by a fix of the configuration. */
function whoOf({ kind, account, door, fix, freeze }: AuditedLine, names: AccountNames): string {
  if (freeze !== null) return freeze.endedBy ?? freeze.by;
  if (kind !== "command") return `fix ${fix}`;
  if (account === "" && door === "cli") return "operator";
  return names.get(account ?? "") ?? account ?? "";
}

export function auditJson(line: AuditedLine, names: AccountNames): object {
  const { at, kind, incident, door, said, done, code } = line;
  const common = { at: time(at), kind, who: whoOf(line, names), incident };
  if (kind === "command") return { ...common, door, what: said, done, code };
  if (line.freeze !== null) return { ...common, ...freezeJson(line.freeze) };
  const { run, fix, target, result, words, before } = line;
  const about = { ...common, run, fix, what: whatOf(line), target, result, words: words ?? [] };
  if (kind === "decision") return { ...about, gate: code, gates: line.answers, before };
  return { ...about, detail: line.detail, before, after: line.after, outcome: line.outcome };
}

const whatOf = ({ remediation, target }: AuditedLine): string =>
  target === null ? String(remediation) : `${remediation} on ${target}`;

export function auditText(line: AuditedLine, names: AccountNames): string {
  const { at, kind, incident, result, code, words } = line;
  const where = incident === null ? "" : ` incident ${incident}`;
  const head = `${time(at)} ${kind.padEnd(8)}${where} ${whoOf(line, names)}:`;
  if (kind === "command") return `${head} ${oneLine(line.said ?? "")} → ${answered(line)}`;
  if (line.freeze !== null) return `${head} ${freezeText(line.freeze)}`;
  const given = (words ?? []).map(({ by, word }) => `${word} by ${by}`).join(", ");
  const onWord = given === "" ? "" : ` (${given})`;
  const by = kind === "decision" && code !== null ? ` by ${code}` : "";
  return `${head} ${whatOf(line)} → ${result}${by}${became(line)}${onWord}`;
}

function freezeJson({ name, reason, by, atMs, untilMs, matchers }: AuditedFreeze): object {
  return {
    what: name,
    by,
    from: time(atMs),
    until: time(untilMs),
    reason,
    matchers: matchersJson(matchers),
  };
}

/** A freeze as text. For its end before its time, it also says who declared the freeze. */
function freezeText({ name, reason, by, atMs, untilMs, matchers, endedBy }: AuditedFreeze): string {
  const only = matchersText(matchers);
  const times = `from ${isoToSecond(atMs)} until ${isoToSecond(untilMs)}`;
  const declared = endedBy === null ? times : `declared by ${by}, ${times}`;
  return `${JSON.stringify(name)} ${declared}: ${oneLine(reason)}${only === "" ? "" : ` (only ${only})`}`;
}

const oneLine = (text: string): string =>
  text === "" ? "(text deleted)" : text.replaceAll(/\s+/g, " ").slice(0, 200);

function answered({ done, code }: AuditedLine): string {
  if (done === null) return "waits";
  return done ? "done" : `refused (${code})`;
}

function became({ kind, before, after, outcome }: AuditedLine): string {
  if (kind !== "act") return "";
  // A fact that is only in `before`, such as the dependants, was not looked at again.
  const changed = Object.entries(after ?? {}).filter(([key, value]) => before?.[key] !== value);
  const changes = changed.map(([key, value]) => `${key} ${before?.[key] ?? "-"} → ${value}`);
  return [...(outcome === null ? [] : [outcome]), ...changes].map((part) => `, ${part}`).join("");
}
