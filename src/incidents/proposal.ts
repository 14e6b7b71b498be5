/** A proposal: a run that waits for approval, and what people answered. Plain data; docs/explanation/approvals.md. */

/** The detail of a run whose proposal nobody answered in time. It is stored and compared later, so it never changes. */
export const unansweredDetail = "Nobody answered in time.";

/** Who has to approve a run. */
export interface ApprovalRules {
  /** How many approvals are needed, 1 or 2. */
  readonly approvals: number;
  /** Whether the person who requested the run may not approve it. */
  readonly others: boolean;
  /** Whether the second approval may come from the same person, who then also types the target's name. */
  readonly twice: boolean;
}

/** The proposed act. The hash covers all its fields. */
export interface ProposedAct {
  readonly fix: string;
  readonly remediation: string;
  readonly incident: string;
  /** Full id of the target. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  /** The values that the remediation compares right before the act: image and started-at. */
  readonly snapshot: Readonly<Record<string, string>>;
  /** The options of the remediation that shape the act. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * The replicas, if the act is on several of one service. `name` is then the name of the service. Left out for one
   * target.
   */
  readonly replicas?: readonly ProposedReplica[];
}

/** One replica, as it was when it was proposed. */
export interface ProposedReplica {
  readonly id: string;
  readonly name: string;
  readonly snapshot: Readonly<Record<string, string>>;
}

/** A person's approval. */
export interface Approval {
  readonly by: string;
  /** Id of the command. */
  readonly command: string;
  readonly atMs: number;
}

/** A proposal as it was made. It never changes. */
export interface Proposal {
  /** Four letters; unique among those that wait. */
  readonly id: string;
  readonly act: ProposedAct;
  /** sha256 of the act. */
  readonly hash: string;
  readonly madeAtMs: number;
  readonly untilMs: number;
  /** Time of the newest row behind it, and until when that is fresh enough to act on; ms since 1970. */
  readonly newestRowMs: number;
  readonly freshUntilMs: number;
  /** Severity of the incident when the proposal was made. */
  readonly severity: string;
  /** What will change, one sentence. */
  readonly does: string;
  /** The target's compose service; left out where it belongs to none, or an older program asked. */
  readonly service?: string;
  readonly rules: ApprovalRules;
  /** Names of up to three people who may answer; empty where nobody is named. */
  readonly canAnswer: readonly string[];
  /** Who requested the run; left out where the incident matched the fix. */
  readonly askedBy?: string;
  /** Why the run needs approval although the fix is in mode auto; left out where the fix always needs it. */
  readonly because?: string;
  /** How often this fix acted on this target before, and how often it helped. */
  readonly before: { readonly acted: number; readonly helped: number };
}

/** A proposal with its answers, as the incident stores it. Its rules may have become stricter since. */
export interface AnsweredProposal extends Proposal {
  /** The approvals, in the order in which they came. */
  readonly said: readonly Approval[];
  /** Enough people have approved. */
  readonly approved?: true;
}

/** Who requested a run, and by which command. */
export interface RunWish {
  /** Id of the command; the same command is the same run. */
  readonly command: string;
  /** The stored person: a name of the configuration, or an account. */
  readonly by: string;
  /** All replicas at once, which only a person may ask for. Left out: one by one. */
  readonly full?: true;
}

/** The answer of one gate about a run. */
export interface GateAnswer {
  readonly gate: string;
  /** `unknown`: the facts that the gate needs could not be read. */
  readonly answer: "allows" | "denies" | "unknown";
  /** Reason of a denial. */
  readonly reason?: string;
}

/**
 * Combines two sets of rules: the stricter of each counts. The configuration may have changed since a proposal was
 * made.
 */
export function stricter(one: ApprovalRules, other: ApprovalRules = one): ApprovalRules {
  const both = [one, other];
  return {
    approvals: Math.max(one.approvals, other.approvals),
    others: one.others || other.others,
    // Rules that need one approval do not restrict the second.
    twice: both.every(({ approvals, twice }) => approvals < 2 || twice),
  };
}

/** Which approvals are missing by the rules, as a sentence without its end; undefined where none is. */
export function lackingWords(
  { said, askedBy }: Pick<AnsweredProposal, "said" | "askedBy">,
  { approvals, others, twice }: ApprovalRules,
): string | undefined {
  const people = new Set(said.map(({ by }) => by));
  if (others && askedBy !== undefined && people.has(askedBy))
    return "whoever asked for it may not approve it";
  const count = twice ? said.length : people.size;
  if (count >= approvals) return undefined;
  return `it needs the word of ${approvals} people, and ${count} gave it`;
}

/** Whether enough people have approved. */
export function isApproved({ rules, said }: AnsweredProposal): boolean {
  return said.length >= rules.approvals;
}
