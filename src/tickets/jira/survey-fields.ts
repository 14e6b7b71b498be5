/** What the create screen of a project means for new tickets. Pure. */
import { type CheckFinding, doubtful, fine, wrong } from "../../finding.ts";
import { inProperty } from "./key-place.ts";
import type { CreateField } from "./survey-shapes.ts";

export interface FieldsNeeded {
  readonly project: string;
  readonly issueType: string;
  readonly issueTypeId: string;
  readonly priorities: readonly string[];
  /** The operator's own. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Id or name of the text field that holds Driftwarden's own labels, or `property`. */
  readonly keyField?: string | undefined;
}

/** What every new ticket gets, or Jira fills in itself. */
const given = ["project", "issuetype", "summary", "description", "labels", "priority", "reporter"];

export function fieldFindings(
  screen: readonly CreateField[],
  needs: FieldsNeeded,
): readonly CheckFinding[] {
  const named = new Map(screen.map((field) => [field.fieldId ?? field.key ?? "", field]));
  const found = [
    ...keyFindings(named, needs),
    ...priorityFindings(named, needs),
    ...ownFieldFindings(named, needs),
  ];
  return found.length > 0
    ? found
    : [fine("fields", `a new ${needs.issueType} takes every field that it gets`)];
}

type Screen = ReadonlyMap<string, CreateField>;

/** By its labels a ticket is found again whose creation was interrupted. */
function keyFindings(screen: Screen, needs: FieldsNeeded): readonly CheckFinding[] {
  const { project, keyField: wanted } = needs;
  if (wanted === inProperty) return [];
  if (wanted !== undefined) return keyFieldFindings(screen, needs, wanted);
  if (screen.has("labels")) return [];
  return [
    wrong("labels", {
      code: "DW_TRACKER_LABEL_NOT_STORED",
      message: `labels cannot be set on a new issue in ${project}, so an interrupted ticket could not be found again`,
      hint: `Write ${keyLine(screen)} under jira:, or put the field Labels on the create screen of ${project}.`,
      key: "jira.project",
    }),
  ];
}

function keyFieldFindings(
  screen: Screen,
  needs: FieldsNeeded,
  wanted: string,
): readonly CheckFinding[] {
  const [id, field] = keyField(screen, needs);
  if (id !== undefined && isText(field)) return [];
  const message =
    id === undefined
      ? `${wanted} cannot be set on a new ${needs.issueType} in ${needs.project}, so an interrupted ticket could not be found again`
      : `${wanted} is no text field of one line, so tickets could not be found by it`;
  return [
    wrong("key", {
      code: "DW_JIRA_FIELD_NOT_ON_SCREEN",
      message,
      hint: screen.has("labels")
        ? "Take key_field out: tickets can be found by labels."
        : `Write ${keyLine(screen)} under jira:, or put the field on the create screen of ${needs.project}.`,
      key: "jira.key_field",
    }),
  ];
}

/** The configured key field, by its id or its name. */
function keyField(
  screen: Screen,
  { keyField: wanted }: FieldsNeeded,
): readonly [string, CreateField] | readonly [] {
  const name = wanted?.toLowerCase();
  return (
    [...screen].find(([id, field]) => id === wanted || field.name?.toLowerCase() === name) ?? []
  );
}

/** The line `key_field: …` that this project allows. */
function keyLine(screen: Screen): string {
  const free = [...screen].filter(([, field]) => isText(field));
  const [id, field] = free.find(([, { name = "" }]) => /driftwarden/i.test(name)) ?? free[0] ?? [];
  if (id === undefined) return `key_field: ${inProperty}`;
  return `key_field: ${id}${field?.name === undefined ? "" : ` # ${field.name}`}`;
}

const isText = (field: CreateField | undefined): boolean =>
  field?.schema?.custom?.endsWith(":textfield") === true;

function priorityFindings(screen: Screen, needs: FieldsNeeded): readonly CheckFinding[] {
  if (needs.priorities.length === 0) return [];
  const field = screen.get("priority");
  if (field === undefined) {
    return [
      doubtful("priority", {
        message: `the priority is not on the create screen of ${needs.project}: tickets get the project's own`,
        hint: `Put the field Priority on the create screen of ${needs.project}.`,
        key: "jira.priorities",
      }),
    ];
  }
  const known = (field.allowedValues ?? []).flatMap(({ name }) => name ?? []);
  const missing = needs.priorities.filter((name) => !known.includes(name));
  if (known.length === 0 || missing.length === 0) return [];
  return [
    wrong("priority", {
      code: "DW_JIRA_PRIORITY_MISSING",
      message: `${needs.project} knows no priority ${missing.join(", ")}`,
      hint: `Set jira.priorities to names among: ${known.join(", ")}.`,
      key: "jira.priorities",
    }),
  ];
}

function ownFieldFindings(screen: Screen, needs: FieldsNeeded): readonly CheckFinding[] {
  const own = Object.keys(needs.fields ?? {});
  const [key] = keyField(screen, needs);
  const absent = own.filter((name) => !screen.has(name));
  const demanded = [...screen].filter(
    ([id, field]) =>
      field.required && !field.hasDefaultValue && ![...given, ...own, key].includes(id),
  );
  const required = demanded.map(([id, { name }]) => (name === undefined ? id : `${id} (${name})`));
  const found: CheckFinding[] = [];
  if (absent.length > 0) {
    found.push(
      wrong("fields", {
        code: "DW_JIRA_FIELD_NOT_ON_SCREEN",
        message: `${absent.join(", ")} cannot be set on a new ${needs.issueType} in ${needs.project}`,
        hint: "Put the field on the project's create screen, or take it out of jira.fields.",
        key: "jira.fields",
      }),
    );
  }
  if (required.length > 0) {
    found.push(
      wrong("fields", {
        code: "DW_JIRA_FIELD_REQUIRED",
        message: `${needs.project} demands ${required.join(", ")} of a new ${needs.issueType}`,
        hint: `Give every new ticket a value, as Jira's API wants it: jira.fields: {${demanded.map(([id]) => `${id}: VALUE`).join(", ")}}. Or make the field optional in the project.`,
        key: "jira.fields",
      }),
    );
  }
  return found;
}
