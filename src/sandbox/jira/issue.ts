/** What the sandbox remembers of an issue, and how values of a request are read. */
import type { Status } from "./workflow.ts";

export interface SandboxComment {
  readonly id: string;
  /** Name of the account. */
  readonly author: string;
  body: string;
  /** Name of the account that changed it last. */
  updateAuthor: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** Whether customers of a service desk cannot see it. */
  readonly internal: boolean;
}

export interface SandboxAttachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Name of the account. */
  readonly author: string;
  readonly createdAtMs: number;
  readonly bytes: Buffer;
}

/** One field that was changed. */
export interface FieldChange {
  readonly field:
    | "status"
    | "resolution"
    | "assignee"
    | "priority"
    | "summary"
    | "description"
    | "labels";
  /** Id and text before; null where there was nothing. */
  readonly from: readonly [id: string | null, text: string | null];
  readonly to: readonly [id: string | null, text: string | null];
}

/** What one act changed, as the history of an issue shows it. */
export interface SandboxHistory {
  readonly id: string;
  /** Name of the account. */
  readonly author: string;
  readonly atMs: number;
  readonly items: readonly FieldChange[];
  /** An automation rule acted in the name of the author. */
  readonly automated: boolean;
}

export interface SandboxIssue {
  readonly id: string;
  readonly key: string;
  summary: string;
  description: string;
  labels: readonly string[];
  readonly issueType: string;
  priority: string;
  readonly reporter: string;
  /** Name of the account. */
  assignee: string | undefined;
  status: Status;
  resolution: string | undefined;
  readonly createdAtMs: number;
  updatedAtMs: number;
  resolvedAtMs: number | undefined;
  readonly comments: SandboxComment[];
  readonly attachments: SandboxAttachment[];
  readonly history: SandboxHistory[];
  /** Keys of the issues that it is linked to. */
  readonly links: string[];
  /** Values of fields of the site's own, by their ids. */
  custom: IssueFields;
  /** What programs keep with it, by key; people do not see it. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** A refusal of Jira: its status, and the messages of its body. */
export class Refusal {
  readonly status: number;
  readonly messages: readonly string[];
  readonly errors: Readonly<Record<string, string>>;

  constructor(
    status: number,
    messages: readonly string[],
    errors: Readonly<Record<string, string>> = {},
  ) {
    this.status = status;
    this.messages = messages;
    this.errors = errors;
  }
}

export type IssueFields = Readonly<Record<string, unknown>>;

/** The fields of the site's own among those of a request. */
export function customIn(fields: IssueFields): IssueFields {
  return Object.fromEntries(Object.entries(fields).filter(([id]) => id.startsWith("customfield_")));
}

/** The properties of a new issue. */
export function propertiesIn(value: unknown): Readonly<Record<string, unknown>> {
  const given = Array.isArray(value) ? value.map(fieldsIn) : [];
  return Object.fromEntries(given.map(({ key, value: kept }) => [textOf(key), kept]));
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function nameIn(value: unknown, property: string): string {
  return textOf(fieldsIn(value)[property]);
}

/** An object as it is; anything else as an empty one. */
export function fieldsIn(value: unknown): IssueFields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is IssueFields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function labelsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? [...new Set(value.map(String))] : [];
}
