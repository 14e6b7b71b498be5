/** Writes without the fields that a project does not take. A ticket needs only project, issue type and summary. */
import { TrackerError } from "../errors.ts";

export type JiraFields = Readonly<Record<string, unknown>>;

/** Where Jira refuses without naming a field, these are left out last, one after the other. */
const usuallyLast = ["labels", "description"];
const needed: ReadonlySet<string> = new Set(["project", "issuetype", "summary"]);

export interface Written<T> {
  readonly value: T;
  /** Names of the fields that were left out because Jira did not take them. */
  readonly left: readonly string[];
}

/**
 * Writes, and writes again without the fields that Jira refused. A refused write has no effect, so nothing is done
 * twice.
 *
 * @param lastResort fields that are left out one by one, in this order, where Jira names none
 * @throws TrackerError when nothing more can be left out, or Jira demands a field that was not given
 */
export async function writtenWithoutRefused<T>(
  fields: JiraFields,
  write: (fields: JiraFields, left: readonly string[]) => Promise<T>,
  lastResort: readonly string[] = usuallyLast,
): Promise<Written<T>> {
  const left: string[] = [];
  for (;;) {
    const sent = Object.fromEntries(
      Object.entries(fields).filter(([name]) => !left.includes(name)),
    );
    try {
      return { value: await write(sent, left), left };
    } catch (error) {
      const refused = refusedFields(Object.keys(sent), error, lastResort);
      if (refused.length === 0) throw error;
      left.push(...refused);
    }
  }
}

/** Which of the sent fields to leave out after this error; none when that cannot help. */
function refusedFields(
  sent: readonly string[],
  error: unknown,
  lastResort: readonly string[],
): readonly string[] {
  if (!(error instanceof TrackerError) || (error.status !== 400 && error.status !== 422)) return [];
  const optional = sent.filter((name) => !needed.has(name));
  const complained = Object.entries(error.fields).filter(([, text]) => !isDemand(text));
  const named = optional.filter(
    (name) =>
      complained.some(([field]) => isSame(field, name)) ||
      (!isDemand(error.message) && mentions(error.message, name)),
  );
  if (named.length > 0) return named;
  // Jira named a field that we cannot leave out, or one that is missing.
  if (Object.keys(error.fields).length > 0 || isDemand(error.message)) return [];
  const first = optional.filter((name) => !lastResort.includes(name));
  const next = lastResort.find((name) => optional.includes(name));
  return first.length > 0 ? first : next === undefined ? [] : [next];
}

const isDemand = (text: string): boolean =>
  /\brequired\b|\bmust (specify|provide|set)\b/i.test(text);

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${name.replaceAll(/\W/g, "\\$&")}(?![\\w-])`, "i").test(text);
}
