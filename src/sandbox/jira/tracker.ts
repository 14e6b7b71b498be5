/** The sandbox's memory: projects, issues, comments, their history and a small workflow. Rules of Jira, no HTTP. */
import type { Clock } from "../../clock.ts";
import { applyEdit, type IssueEdit } from "./edit.ts";
import { brokenRules, fieldRules, mostText, screenRules } from "./field-rules.ts";
import { differences } from "./history.ts";
import {
  customIn,
  type IssueFields,
  labelsOf,
  nameIn,
  propertiesIn,
  Refusal,
  type SandboxAttachment,
  type SandboxComment,
  type SandboxIssue,
  textOf,
} from "./issue.ts";
import type { ProjectScreens } from "./meta.ts";
import type { SearchIndex } from "./search-index.ts";
import type { UploadedFile } from "./upload.ts";
import {
  type IssueTransition,
  type Status,
  toDo,
  usualWorkflow,
  type Workflow,
} from "./workflow.ts";

export interface SandboxTrackerOptions {
  readonly projects: readonly string[];
  /** Fields that every new issue must have besides the usual ones. */
  readonly requireFields: readonly string[];
  /** Further ones that issues of a type must have, by its name. */
  readonly requireFieldsOf?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Fields that are on no screen. A request that sets one is refused. */
  readonly offScreen?: readonly string[] | undefined;
  /** By key of the project, where its screens are other ones. */
  readonly screensOf?: Readonly<Record<string, ProjectScreens>> | undefined;
  readonly workflow?: Workflow | undefined;
  readonly clock: Clock;
  readonly index: SearchIndex;
}

/** Who changes an issue. */
export interface Actor {
  /** Name of the account. */
  readonly name: string;
  /** An automation rule acts in the name of the account. */
  readonly automated?: boolean;
}

interface AttachedTo {
  readonly issue: SandboxIssue;
  readonly attachment: SandboxAttachment;
}

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

  create(
    { fields, properties }: Pick<IssueEdit, "fields"> & { readonly properties: unknown },
    reporter: string,
  ): SandboxIssue | Refusal {
    const project = nameIn(fields["project"], "key");
    const errors = this.#wrongFields(fields, project);
    if (Object.keys(errors).length > 0) return new Refusal(400, [], errors);
    const number = (this.#numbers.get(project) ?? 0) + 1;
    this.#numbers.set(project, number);
    const now = this.#options.clock.now();
    const issue: SandboxIssue = {
      id: this.#nextId(),
      key: `${project}-${number}`,
      summary: textOf(fields["summary"]),
      description: textOf(fields["description"]),
      labels: labelsOf(fields["labels"]),
      issueType: nameIn(fields["issuetype"], "name"),
      priority: nameIn(fields["priority"], "name") || "Medium",
      reporter,
      assignee: undefined,
      status: toDo,
      resolution: undefined,
      createdAtMs: now,
      updatedAtMs: now,
      resolvedAtMs: undefined,
      comments: [],
      attachments: [],
      history: [],
      links: [],
      custom: customIn(fields),
      properties: propertiesIn(properties),
    };
    this.issues.push(issue);
    this.#options.index.note(issue);
    return issue;
  }

  edit(
    issue: SandboxIssue,
    { fields, update, assignee }: IssueEdit,
    by: Actor,
  ): Refusal | undefined {
    const errors = brokenRules([
      ...screenRules({ ...fields, ...update }, this.#options.offScreen ?? []),
      ...fieldRules({ issuetype: { name: issue.issueType }, summary: issue.summary, ...fields }),
    ]);
    if (Object.keys(errors).length > 0) return new Refusal(400, [], errors);
    const before = { ...issue };
    applyEdit(issue, { fields, update, assignee });
    this.#changed(before, issue, by);
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
    this.#options.index.remove(issue);
  }

  comment(
    issue: SandboxIssue,
    written: Pick<SandboxComment, "body" | "author" | "internal">,
  ): SandboxComment | Refusal {
    const refused = badText(written.body);
    if (refused !== undefined) return refused;
    const now = this.#options.clock.now();
    const times = { createdAtMs: now, updatedAtMs: now };
    const comment = { id: this.#nextId(), ...written, updateAuthor: written.author, ...times };
    issue.comments.push(comment);
    this.#touched(issue);
    return comment;
  }

  editComment(
    issue: SandboxIssue,
    comment: SandboxComment,
    { body, by }: { readonly body: string; readonly by: string },
  ): Refusal | undefined {
    const refused = badText(body);
    if (refused !== undefined) return refused;
    comment.body = body;
    comment.updateAuthor = by;
    comment.updatedAtMs = this.#options.clock.now();
    this.#touched(issue);
    return undefined;
  }

  removeComment(issue: SandboxIssue, comment: SandboxComment): void {
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    this.#touched(issue);
  }

  attach(issue: SandboxIssue, file: UploadedFile, author: string): SandboxAttachment {
    const createdAtMs = this.#options.clock.now();
    const attachment = { id: this.#nextId(), ...file, author, createdAtMs };
    issue.attachments.push(attachment);
    this.#touched(issue);
    return attachment;
  }

  findAttachment(id: string): AttachedTo | undefined {
    for (const issue of this.issues) {
      const attachment = issue.attachments.find((one) => one.id === id);
      if (attachment !== undefined) return { issue, attachment };
    }
    return undefined;
  }

  detach({ issue, attachment }: AttachedTo): void {
    issue.attachments.splice(issue.attachments.indexOf(attachment), 1);
    this.#touched(issue);
  }

  transitions(issue: SandboxIssue): readonly IssueTransition[] {
    return (this.#options.workflow ?? usualWorkflow)[issue.status.name] ?? [];
  }

  /** All that an issue can have. */
  get statuses(): readonly Status[] {
    const moves = Object.values(this.#options.workflow ?? usualWorkflow).flat();
    return [...new Map([toDo, ...moves.map(({ to }) => to)].map((one) => [one.id, one])).values()];
  }

  /** @returns the transition made */
  move(
    issue: SandboxIssue,
    { id, fields }: { readonly id: string; readonly fields: IssueFields },
    by: Actor,
  ): IssueTransition | Refusal {
    const transition = this.transitions(issue).find((t) => t.id === id);
    if (!transition) return new Refusal(400, [notNow]);
    const missing = (transition.requires ?? []).filter((field) => fields[field] === undefined);
    if (missing.length > 0)
      return new Refusal(
        400,
        missing.map((field) => `Field ${field} is required.`),
      );
    const errors = brokenRules(screenRules(fields, this.#options.offScreen ?? []));
    if (Object.keys(errors).length > 0) return new Refusal(400, [], errors);
    const resolution = nameIn(fields["resolution"], "name");
    const over = transition.to.category === "done";
    const before = { ...issue };
    issue.status = transition.to;
    issue.resolution = over ? resolution || "Done" : undefined;
    issue.resolvedAtMs = over ? this.#options.clock.now() : undefined;
    this.#changed(before, issue, by);
    return transition;
  }

  /** Writes the difference into the history. */
  #changed(before: SandboxIssue, issue: SandboxIssue, { name, automated = false }: Actor): void {
    const items = differences(before, issue);
    if (items.length > 0) {
      const atMs = this.#options.clock.now();
      issue.history.push({ id: this.#nextId(), author: name, atMs, items, automated });
    }
    this.#touched(issue);
  }

  #touched(issue: SandboxIssue): void {
    issue.updatedAtMs = this.#options.clock.now();
    this.#options.index.note(issue);
  }

  #wrongFields(fields: IssueFields, project: string): Readonly<Record<string, string>> {
    const { screensOf = {}, requireFieldsOf = {} } = this.#options;
    const { requireFields, offScreen = [] } = { ...this.#options, ...screensOf[project] };
    const ofType = requireFieldsOf[nameIn(fields["issuetype"], "name")] ?? [];
    return brokenRules([
      ["project", !this.hasProject(project), "Specify a valid project ID or key"],
      ...fieldRules(fields),
      ...screenRules(fields, offScreen),
      ...[...requireFields, ...ofType].map(
        (field) => [field, fields[field] === undefined, `${field} is required.`] as const,
      ),
    ]);
  }

  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }
}

const notNow =
  "It seems that you have tried to perform a workflow operation that is not valid for the current state of this issue.";

function badText(body: string): Refusal | undefined {
  if (body.trim() === "")
    return new Refusal(400, [], { comment: "Comment body can not be empty!" });
  if (body.length <= mostText) return undefined;
  const comment =
    "The entered text is too long. It exceeds the allowed limit of 32,767 characters.";
  return new Refusal(400, [], { comment });
}
