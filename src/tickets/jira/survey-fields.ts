/** What the create screen of a project means for new tickets. Pure. */
import { type CheckFinding, doubtful, fine, wrong } from "../../finding.ts";
import type { CreateField } from "./survey-shapes.ts";

export interface FieldsNeeded {
  readonly project: string;
  readonly issueType: string;
  readonly issueTypeId: string;
  readonly priorities: readonly string[];
  /** The operator's own. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** What every new ticket gets, or Jira fills in itself. */
const given = ["project", "issuetype", "summary", "description", "labels", "priority", "reporter"];

export function fieldFindings(
  screen: readonly CreateField[],
  needs: FieldsNeeded,
): readonly CheckFinding[] {
  const named = new Map(screen.map((field) => [field.fieldId ?? field.key ?? "", field]));
  const found = [
    ...labelFindings(named, needs),
    ...priorityFindings(named, needs),
    ...ownFieldFindings(named, needs),
  ];
  return found.length > 0
    ? found
    : [fine("fields", `a new ${needs.issueType} takes every field that it gets`)];
}

type Screen = ReadonlyMap<string, CreateField>;

function labelFindings(screen: Screen, { project }: FieldsNeeded): readonly CheckFinding[] {
  if (screen.has("labels")) return [];
  return [
    wrong("labels", {
      code: "DW_TRACKER_LABEL_NOT_STORED",
      message: `labels cannot be set on a new issue in ${project}, so an interrupted ticket could not be found again`,
      hint: `Put the field Labels on the create screen of ${project}.`,
      key: "jira.project",
    }),
  ];
}

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
  const absent = own.filter((name) => !screen.has(name));
  const demanded = [...screen].filter(
    ([id, field]) => field.required && !field.hasDefaultValue && ![...given, ...own].includes(id),
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
