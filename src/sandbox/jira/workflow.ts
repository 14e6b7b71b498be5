/** Statuses and the transitions between them. The usual workflow, and whatever a test makes up instead. */

export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: "new" | "indeterminate" | "done";
}

export interface IssueTransition {
  readonly id: string;
  readonly name: string;
  readonly to: Status;
  /** Fields that it demands. */
  readonly requires?: readonly string[];
}

/** Transitions by the name of the status that they leave. New issues get the first status. */
export type Workflow = Readonly<Record<string, readonly IssueTransition[]>>;

/** A site whose language is not English. */
export interface Translation {
  /** The translated name of a transition or status, by its English one. */
  readonly names: Readonly<Record<string, string>>;
  /** Whether English is translated too, although it was asked for: on Cloud the language of the account decides. */
  readonly always: boolean;
}

export const toDo: Status = { id: "10000", name: "To Do", category: "new" };
const inProgress: Status = { id: "10001", name: "In Progress", category: "indeterminate" };
const done: Status = { id: "10002", name: "Done", category: "done" };

export const usualWorkflow: Workflow = {
  "To Do": [
    { id: "21", name: "Start Progress", to: inProgress },
    { id: "31", name: "Done", to: done },
  ],
  "In Progress": [
    { id: "11", name: "Stop Progress", to: toDo },
    { id: "31", name: "Done", to: done },
  ],
  Done: [{ id: "41", name: "Reopen", to: toDo }],
};
