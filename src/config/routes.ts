/** `routes:`: settings of tickets by their incident. Each key comes from the first matching route that names it. */
import { z } from "zod";
import { isKept, saysRefresh, unknownNames, valueNames } from "../field-template.ts";
import { openedKinds, severities } from "../incidents/episode.ts";
import { listOf, projectKey, text } from "./fields.ts";

const condition = z.strictObject({
  tenant: listOf(text).optional(),
  /** A team under `teams:`. It matches an incident that a person gave to this team. */
  team: listOf(text).optional(),
  model: listOf(text).optional(),
  feature: listOf(text).optional(),
  kind: listOf(z.enum(openedKinds)).optional(),
  severity: listOf(z.enum(severities)).optional(),
});

/** Labels that begin with `driftwarden` are those by which Driftwarden finds its tickets. */
const label = z
  .string()
  .trim()
  .regex(/^(?!driftwarden)[^\s\p{Cc}]{1,255}$/u, {
    error:
      "expected a label of at most 255 characters, without spaces, that does not begin with driftwarden",
  });

/** Fields that Driftwarden sets itself, or that have a key of their own. */
const taken: ReadonlySet<string> = new Set([
  "project",
  "issuetype",
  "summary",
  "description",
  "labels",
  "priority",
  "assignee",
  "components",
]);

const fields = z.record(text, z.json()).check((context) => {
  for (const [name, value] of Object.entries(context.value)) {
    const report = (message: string): void => {
      context.issues.push({ code: "custom", message, path: [name], input: undefined });
    };
    if (taken.has(name)) report("is set by Driftwarden, or by a key of its own");
    if (saysRefresh(value) && !isKept(value)) report("expected {set: VALUE, refresh: true}");
    const [unknown] = unknownNames(value);
    if (unknown !== undefined)
      report(`names a variable that there is not; there are ${valueNames}`);
  }
});

const route = z.strictObject({
  when: condition.prefault({}),
  project: projectKey.optional(),
  issue_type: text.optional(),
  components: listOf(text).optional(),
  assignee: text.optional(),
  labels: listOf(label).optional(),
  fields: fields.optional(),
  impact: text.optional(),
});

export const routes = z.array(route).default([]);
