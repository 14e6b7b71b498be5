/** What the sandbox says of a project before there is an issue: permissions, issue types, the fields of a new issue. */

export interface SandboxProject {
  /** Ids of further fields that a new issue must have. */
  readonly requireFields: readonly string[];
  /** Fields that are not on the create screen. */
  readonly offScreen: readonly string[];
  /** Keys of permissions that nobody has. */
  readonly withoutPermissions: readonly string[];
}

const permissionKeys = [
  "BROWSE_PROJECTS",
  "CREATE_ISSUES",
  "EDIT_ISSUES",
  "ADD_COMMENTS",
  "TRANSITION_ISSUES",
];

export function permissionsBody({ withoutPermissions }: SandboxProject): unknown {
  const held = permissionKeys.map((key) => [
    key,
    { key, havePermission: !withoutPermissions.includes(key) },
  ]);
  return { permissions: Object.fromEntries(held) };
}

/** Ids are the places in the list. */
export function issueTypesBody(names: readonly string[]): readonly unknown[] {
  return names.map((name, index) => ({ id: String(index + 1), name }));
}

const usual: readonly (readonly [id: string, required: boolean])[] = [
  ["project", true],
  ["issuetype", true],
  ["summary", true],
  ["description", false],
  ["labels", false],
  ["priority", false],
];

export function createFieldsBody(
  { requireFields, offScreen }: SandboxProject,
  priorities: readonly string[],
): unknown {
  const fields = [...usual, ...requireFields.map((id) => [id, true] as const)]
    .filter(([id]) => !offScreen.includes(id))
    .map(([fieldId, required]) => ({
      fieldId,
      name: fieldId,
      required,
      hasDefaultValue: false,
      ...(fieldId === "priority" && { allowedValues: priorities.map((name) => ({ name })) }),
    }));
  return { maxResults: fields.length, startAt: 0, total: fields.length, fields };
}
