/** What a person did to an incident by a command, and what the incident stores of it. Plain data. */

import type { ModelKey } from "../model-key.ts";
import type { Severity } from "./episode.ts";
import type { ApprovalRules } from "./proposal.ts";

/** A person's verdict on the incident. */
export type PersonsVerdict = "real" | "false_positive" | "expected" | "wont_do" | "wrong_team";

/**
 * What a command does to the incident. The texts stay in the table of commands, where they can be deleted. A deed with
 * `inTracker` was already done in the tracker, so no effect repeats it there.
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
  /** The present behaviour of these models is intended. */
  | { readonly kind: "expect"; readonly models: readonly ModelKey[] }
  /** When the failure began, ms since 1970. */
  | { readonly kind: "started"; readonly atMs: number }
  | {
      readonly kind: "judge";
      readonly verdict: PersonsVerdict;
      readonly team?: string;
      /** The configuration names this team, so the incident is assigned to it. */
      readonly handsOver?: true;
      /** The account that the routes name for that team; left out where they name none. */
      readonly account?: string;
    }
  /** The incident is not reported until `untilMs`, ms since 1970. */
  | { readonly kind: "silence"; readonly untilMs: number }
  | { readonly kind: "unsilence" }
  /** The person approves a proposal: the run may act once, exactly as proposed. */
  | {
      readonly kind: "approve";
      readonly run: string;
      readonly proposal: string;
      /**
       * Rules of the configuration at that time. They count where they are stricter than those of the proposal. Left
       * out: not known.
       */
      readonly rules?: ApprovalRules;
    }
  | { readonly kind: "decline"; readonly run: string; readonly proposal: string }
  /** A person requests a run of a fix. The decision follows as the event `run_changed`. */
  | { readonly kind: "wish"; readonly fix: string; readonly run: string }
  /** A person wants a void run proposed again, with fresh facts. */
  | { readonly kind: "propose_again"; readonly run: string }
  /** The command waits until a person confirms it with `yes`. */
  | { readonly kind: "ask"; readonly word: string; readonly untilMs: number };

export interface Assignee {
  /** The name in `people:` or `teams:`, else the account of the tracker. */
  readonly name: string;
  /** Account of the tracker; undefined where the person has none. */
  readonly account?: string | undefined;
}

/** A person did something to the incident. */
export interface Commanded {
  readonly type: "commanded";
  /** Id of the command: its message, and its place in it. */
  readonly command: string;
  /** Name of the person who gave the command. */
  readonly by: string;
  readonly deed: Deed;
}

/** The time of an acknowledgement may be over. */
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
  /** Id of the command that declared the silence. */
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

/** What people did to the incident by commands. */
export interface PeopleSaid {
  /** Who acknowledged the incident, and when. */
  readonly ack?: { readonly by: string; readonly atMs: number; readonly command: string };
  readonly assignee?: Assignee;
  /** Newest last, at most 20. */
  readonly words: readonly SaidWord[];
  readonly questions: readonly OpenQuestion[];
  /** When the failure began according to a person, ms since 1970. */
  readonly startedAtMs?: number;
  readonly verdict?: {
    readonly verdict: PersonsVerdict;
    /** The team to which the incident belongs according to a person. */
    readonly team?: string;
    readonly by: string;
    readonly atMs: number;
  };
  /** Time of the last command on the incident, ms since 1970. */
  readonly lastAtMs: number;
}

/** A person's text, as messages show it. */
export interface ToldWord extends SaidWord {
  /** The text; empty when it was deleted. */
  readonly text: string;
}
