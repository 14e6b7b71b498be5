/**
 * What the sandbox reports of a project before there is an issue: permissions, issue types, the fields of a new issue.
 */
import type { Deployment } from "./accounts.ts";

/** What can be another one in a project of the site. */
export type ProjectScreens = Partial<Pick<SandboxProject, "requireFields" | "offScreen">>;

export interface SandboxProject {
  /** By key of the project; what is left out is as everywhere. */
  readonly screensOf: Readonly<Record<string, ProjectScreens>>;
  /** Ids of further fields that a new issue must have. */
  readonly requireFields: readonly string[];
  /** Fields that are not on the create screen. */
  readonly offScreen: readonly string[];
  /** Text fields of one line that a new issue may have, name by id. */
  readonly textFields: Readonly<Record<string, string>>;
  /** Keys of permissions that nobody has. */
  readonly withoutPermissions: readonly string[];
  /** The size of the largest file that is taken; 0 where attachments are disabled. */
  readonly mostAttachedBytes: number;
  /** Customers write through a portal, and comments may be hidden from them. */
  readonly serviceDesk: boolean;
}

const permissionNames = {
  BROWSE_PROJECTS: "Browse Projects",
  CREATE_ISSUES: "Create Issues",
  EDIT_ISSUES: "Edit Issues",
  ADD_COMMENTS: "Add Comments",
  EDIT_ALL_COMMENTS: "Edit All Comments",
  EDIT_OWN_COMMENTS: "Edit Own Comments",
  DELETE_ISSUES: "Delete Issues",
  DELETE_ALL_COMMENTS: "Delete All Comments",
  TRANSITION_ISSUES: "Transition Issues",
  ASSIGN_ISSUES: "Assign Issues",
  CREATE_ATTACHMENTS: "Create Attachments",
  DELETE_OWN_ATTACHMENTS: "Delete Own Attachments",
  DELETE_OWN_COMMENTS: "Delete Own Comments",
  LINK_ISSUES: "Link Issues",
  USER_PICKER: "Browse users and groups",
  ADMINISTER_PROJECTS: "Administer Projects",
} as const;

export type PermissionKey = keyof typeof permissionNames;

export function permissionsBody({ withoutPermissions }: SandboxProject): unknown {
  const held = Object.entries(permissionNames).map(([key, name], index) => {
    const havePermission = !withoutPermissions.includes(key);
    return [key, { id: String(index + 1), key, name, type: "PROJECT", havePermission }] as const;
  });
  return { permissions: Object.fromEntries(held) };
}

/** Ids are the places in the list. */
export function issueTypesBody(names: readonly string[]): readonly unknown[] {
  return names.map((name, index) => ({ id: String(index + 1), name, subtask: false }));
}

const usual: readonly (readonly [id: string, required: boolean])[] = [
  ["project", true],
  ["issuetype", true],
  ["summary", true],
  ["description", false],
  ["labels", false],
  ["priority", false],
];

/** All fields of the site, whatever screen they are on. */
export function fieldsBody({ textFields }: SandboxProject): readonly unknown[] {
  const system = usual.map(([id]) => ({ id, name: id, custom: false, schema: schemaOf(id, {}) }));
  const own = Object.entries(textFields).map(([id, name]) => {
    return { id, name, custom: true, schema: schemaOf(id, textFields) };
  });
  return [...system, ...own];
}

function schemaOf(id: string, textFields: SandboxProject["textFields"]): unknown {
  if (!(id in textFields)) return { type: "string", system: id };
  const custom = "com.atlassian.jira.plugin.system.customfieldtypes:textfield";
  return { type: "string", custom, customId: Number(id.replace("customfield_", "")) };
}

/** Cloud calls the list `fields`, Data Center `values`. */
export function createFieldsBody(
  { requireFields, offScreen, textFields }: SandboxProject,
  priorities: readonly string[],
  deployment: Deployment,
): unknown {
  const fields = [
    ...usual,
    ...requireFields.map((id) => [id, true] as const),
    ...Object.keys(textFields).map((id) => [id, false] as const),
  ]
    .filter(([id]) => !offScreen.includes(id))
    .map(([fieldId, required]) => ({
      fieldId,
      ...(deployment === "Cloud" && { key: fieldId }),
      name: textFields[fieldId] ?? fieldId,
      required,
      hasDefaultValue: false,
      operations: ["set"],
      schema: schemaOf(fieldId, textFields),
      ...(fieldId === "priority" && { allowedValues: priorities.map((name) => ({ name })) }),
    }));
  const page = { maxResults: fields.length, startAt: 0, total: fields.length };
  return deployment === "Cloud" ? { ...page, fields } : { ...page, isLast: true, values: fields };
}
