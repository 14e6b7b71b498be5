/** What a person did to an incident by a command, and what the incident remembers of it. Plain data. */

import type { ModelKey } from "../model-key.ts";
import type { Severity } from "./episode.ts";
import type { ApprovalRules } from "./proposal.ts";

/** What a person says of the incident. */
export type PersonsVerdict = "real" | "false_positive" | "expected" | "wont_do" | "wrong_team";

/**
 * What a command does to the incident. The texts stay in the table of commands, where they can be deleted. A deed with
 * `inTracker` was done in the tracker already, so no effect repeats it there.
 */
export type Deed =
  | { readonly kind: "acknowledge" }
  | { readonly kind: "let_go" }
  /** `to` is null where the incident is given back. */
  | { readonly kind: "assign"; readonly to: Assignee | null; readonly inTracker?: true }
  /** A text for the ticket; `about` is the command's word: `note`, `impact`, `cause`. */
  | { readonly kind: "say"; readonly about: string }
  | { readonly kind: "severity"; readonly severity: Severity }
  | { readonly kind: "close"; readonly inTracker?: true }
  | { readonly kind: "reopen"; readonly inTracker?: true }
  /** What these models do now is how they should be. */
  | { readonly kind: "expect"; readonly models: readonly ModelKey[] }
  /** When the failure began, ms since 1970. */
  | { readonly kind: "started"; readonly atMs: number }
  | {
      readonly kind: "judge";
      readonly verdict: PersonsVerdict;
      readonly team?: string;
      /** The configuration has this team, so the incident is assigned to it. */
      readonly handsOver?: true;
      /** The account that the routes name for that team; left out where they name none. */
      readonly account?: string;
    }
  /** Until then nothing is reported about it, ms since 1970. */
  | { readonly kind: "silence"; readonly untilMs: number }
  | { readonly kind: "unsilence" }
  /** Yes to a proposal: the run may act once, on exactly what was asked. */
  | {
      readonly kind: "approve";
      readonly run: string;
      readonly proposal: string;
      /** Of the configuration at that time; they count where they are stricter. Left out: not known. */
      readonly rules?: ApprovalRules;
    }
  | { readonly kind: "decline"; readonly run: string; readonly proposal: string }
  /** A person asks for a run of a fix. The decision follows as the event `run_changed`. */
  | { readonly kind: "wish"; readonly fix: string; readonly run: string }
  /** Propose a void run again, with fresh facts. */
  | { readonly kind: "propose_again"; readonly run: string }
  /** The command waits until a person confirms it with `yes`. */
  | { readonly kind: "ask"; readonly word: string; readonly untilMs: number };

export interface Assignee {
  /** As `people:` or `teams:` names them, else the tracker's account. */
  readonly name: string;
  /** Of the tracker; undefined where the person has none. */
  readonly account?: string | undefined;
}

/** A person did something to the incident. */
export interface Commanded {
  readonly type: "commanded";
  /** Id of the command: its message, and its place in it. */
  readonly command: string;
  /** Name of who said it. */
  readonly by: string;
  readonly deed: Deed;
}

/** The time for which an incident counts as answered may be over. */
export interface AckDue {
  readonly type: "ack_due";
  /** Id of the command that acknowledged it. */
  readonly command: string;
}

/** The time in which a proposal can be answered is over. */
export interface ProposalDue {
  readonly type: "proposal_due";
  readonly run: string;
  readonly proposal: string;
}

/** The time of a silence is over. */
export interface SilenceDue {
  readonly type: "silence_due";
  /** The command that gave it. */
  readonly command: string;
}

export interface SaidWord {
  /** Id of the command, which holds the text. */
  readonly command: string;
  readonly about: string;
  readonly by: string;
  readonly atMs: number;
}

export interface OpenQuestion {
  /** Id of the command that is to be confirmed. */
  readonly command: string;
  readonly word: string;
  readonly by: string;
  readonly untilMs: number;
}

/** What people said to the incident. */
export interface PeopleSaid {
  /** Who has it, and since when. */
  readonly ack?: { readonly by: string; readonly atMs: number; readonly command: string };
  readonly assignee?: Assignee;
  /** Newest last, at most 20. */
  readonly words: readonly SaidWord[];
  readonly questions: readonly OpenQuestion[];
  /** When the failure began, ms since 1970, as a person says. */
  readonly startedAtMs?: number;
  readonly verdict?: {
    readonly verdict: PersonsVerdict;
    /** The team that it belongs to, as a person says. */
    readonly team?: string;
    readonly by: string;
    readonly atMs: number;
  };
  /** Time of the last command on the incident, ms since 1970. */
  readonly lastAtMs: number;
}

/** Words with their texts, as they are shown. */
export interface ToldWord extends SaidWord {
  /** Empty when it was deleted. */
  readonly text: string;
}
