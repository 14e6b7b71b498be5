/** The sandbox's memory: projects, issues, comments and a small workflow. Rules of Jira, no HTTP. */
import type { Clock } from "../../clock.ts";
import {
  type IssueTransition,
  type Status,
  toDo,
  usualWorkflow,
  type Workflow,
} from "./workflow.ts";

export const priorities: readonly string[] = ["Highest", "High", "Medium", "Low", "Lowest"];
export const issueTypes: readonly string[] = ["Bug", "Incident", "Task", "Story"];

export interface SandboxComment {
  readonly id: string;
  readonly author: string;
  body: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
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
  status: Status;
  resolution: string | undefined;
  readonly createdAtMs: number;
  resolvedAtMs: number | undefined;
  readonly comments: SandboxComment[];
  /** Keys of the issues that it is linked to. */
  readonly links: string[];
}

/** What Jira would answer instead: status and the body's messages. */
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

export interface SandboxTrackerOptions {
  readonly projects: readonly string[];
  /** Fields that every new issue must have besides the usual ones. */
  readonly requireFields: readonly string[];
  /** Fields that stand on no screen: whoever sets one is refused. */
  readonly offScreen?: readonly string[] | undefined;
  readonly workflow?: Workflow | undefined;
  readonly clock: Clock;
}

export type IssueFields = Readonly<Record<string, unknown>>;

export class SandboxTracker {
  readonly issues: SandboxIssue[] = [];
  readonly #options: SandboxTrackerOptions;
  readonly #numbers = new Map<string, number>();
  #lastId = 10_000;

  constructor(options: SandboxTrackerOptions) {
    this.#options = options;
  }

  hasProject(key: string): boolean {
    return this.#options.projects.includes(key);
  }

  create(fields: IssueFields, reporter: string): SandboxIssue | Refusal {
    const project = nameIn(fields["project"], "key");
    const errors = this.#wrongFields(fields, project);
    if (Object.keys(errors).length > 0) return new Refusal(400, [], errors);
    const number = (this.#numbers.get(project) ?? 0) + 1;
    this.#numbers.set(project, number);
    const issue: SandboxIssue = {
      id: this.#nextId(),
      key: `${project}-${number}`,
      summary: textOf(fields["summary"]),
      description: textOf(fields["description"]),
      labels: labelsOf(fields["labels"]),
      issueType: nameIn(fields["issuetype"], "name"),
      priority: nameIn(fields["priority"], "name") || "Medium",
      reporter,
      status: toDo,
      resolution: undefined,
      createdAtMs: this.#options.clock.now(),
      resolvedAtMs: undefined,
      comments: [],
      links: [],
    };
    this.issues.push(issue);
    return issue;
  }

  /** @param update operations, as Jira takes them, on labels alone */
  edit(issue: SandboxIssue, fields: IssueFields, update: IssueFields = {}): Refusal | undefined {
    const errors = Object.fromEntries([
      ...this.#offScreen({ ...fields, ...update }),
      ...fieldRules({ ...asFields(issue), ...fields })
        .filter(([, broken]) => broken)
        .map(said),
    ]);
    if (Object.keys(errors).length > 0) return new Refusal(400, [], errors);
    if ("summary" in fields) issue.summary = textOf(fields["summary"]);
    if ("description" in fields) issue.description = textOf(fields["description"]);
    if ("labels" in fields) issue.labels = labelsOf(fields["labels"]);
    if ("priority" in fields) issue.priority = nameIn(fields["priority"], "name");
    for (const operation of Array.isArray(update["labels"]) ? update["labels"].map(fieldsIn) : []) {
      const { add, remove } = operation;
      issue.labels = labelsOf([
        ...issue.labels.filter((label) => label !== remove),
        ...(add === undefined ? [] : [add]),
      ]);
    }
    return undefined;
  }

  link(one: SandboxIssue, other: SandboxIssue): void {
    for (const [issue, { key }] of [
      [one, other],
      [other, one],
    ] as const)
      if (!issue.links.includes(key)) issue.links.push(key);
  }

  find(idOrKey: string): SandboxIssue | undefined {
    return this.issues.find(({ id, key }) => id === idOrKey || key === idOrKey);
  }

  remove(issue: SandboxIssue): void {
    this.issues.splice(this.issues.indexOf(issue), 1);
  }

  comment(issue: SandboxIssue, body: string, author: string): SandboxComment {
    const now = this.#options.clock.now();
    const comment = { id: this.#nextId(), author, body, createdAtMs: now, updatedAtMs: now };
    issue.comments.push(comment);
    return comment;
  }

  editComment(comment: SandboxComment, body: string): void {
    comment.body = body;
    comment.updatedAtMs = this.#options.clock.now();
  }

  transitions(issue: SandboxIssue): readonly IssueTransition[] {
    return (this.#options.workflow ?? usualWorkflow)[issue.status.name] ?? [];
  }

  /** @returns the transition made */
  move(issue: SandboxIssue, id: string, fields: IssueFields): IssueTransition | Refusal {
    const transition = this.transitions(issue).find((t) => t.id === id);
    if (!transition) return new Refusal(400, [notNow]);
    const missing = (transition.requires ?? []).filter((field) => fields[field] === undefined);
    if (missing.length > 0)
      return new Refusal(
        400,
        missing.map((field) => `Field ${field} is required.`),
      );
    const errors = Object.fromEntries(this.#offScreen(fields));
    if (Object.keys(errors).length > 0) return new Refusal(400, [], errors);
    const resolution = nameIn(fields["resolution"], "name");
    const over = transition.to.category === "done";
    issue.status = transition.to;
    issue.resolution = over ? resolution || "Done" : undefined;
    issue.resolvedAtMs = over ? this.#options.clock.now() : undefined;
    return transition;
  }

  #wrongFields(fields: IssueFields, project: string): Record<string, string> {
    const required = this.#options.requireFields.filter((field) => fields[field] === undefined);
    const rules: readonly (readonly [field: string, broken: boolean, says: string])[] = [
      ["project", !this.hasProject(project), "Specify a valid project ID or key"],
      ...fieldRules(fields),
      ...this.#offScreen(fields).map(([field, says]) => [field, true, says] as const),
      ...required.map((field) => [field, true, `${field} is required.`] as const),
    ];
    return Object.fromEntries(rules.filter(([, broken]) => broken).map(said));
  }

  #offScreen(fields: IssueFields): readonly (readonly [field: string, says: string])[] {
    return (this.#options.offScreen ?? [])
      .filter((field) => field in fields)
      .map((field) => [
        field,
        `Field '${field}' cannot be set. It is not on the appropriate screen, or unknown.`,
      ]);
  }

  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }
}

const notNow =
  "It seems that you have tried to perform a workflow operation that is not valid for the current state of this issue.";

const said = ([field, , says]: readonly [string, boolean, string]): readonly [string, string] => [
  field,
  says,
];

/** What the rules of Jira look at. */
function asFields({ issueType, summary }: SandboxIssue): IssueFields {
  return { issuetype: { name: issueType }, summary };
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

function labelsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? [...new Set(value.map(String))] : [];
}

function fieldRules(fields: IssueFields): readonly (readonly [string, boolean, string])[] {
  const summary = textOf(fields["summary"]);
  const priority = nameIn(fields["priority"], "name");
  const badLabel = labelsOf(fields["labels"]).some(
    (label) => /\s/.test(label) || label.length > 255,
  );
  return [
    [
      "issuetype",
      !issueTypes.includes(nameIn(fields["issuetype"], "name")),
      "Specify a valid issue type",
    ],
    ["summary", summary === "", "You must specify a summary of the issue."],
    ["summary", summary.length > 255, "Summary can't exceed 255 characters."],
    [
      "summary",
      /[\r\n]/.test(summary),
      "The summary is invalid because it contains newline characters.",
    ],
    [
      "description",
      textOf(fields["description"]).length > 32_767,
      "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
    ],
    ["labels", badLabel, "The label contains spaces or is too long, which is invalid."],
    [
      "priority",
      priority !== "" && !priorities.includes(priority),
      "The priority selected is invalid.",
    ],
  ];
}
