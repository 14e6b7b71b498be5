/** The contract of a command, which people can give through any door. Each command has a file. */
import type { z } from "zod";
import type { Deed } from "../incidents/deed.ts";
import type { ModelEpisode } from "../incidents/episode.ts";
import type { Freeze } from "../incidents/freeze.ts";
import type { Incident } from "../incidents/incident.ts";
import type { ApprovalRules } from "../incidents/proposal.ts";
import type { DecidedWish, SeenFix } from "../incidents/wish.ts";
import type { Block, Line, MessageSection } from "../messages/message.ts";
import type { ModelKey } from "../model-key.ts";
import type { FreezeChange } from "../store/freezes/change.ts";
import type { TeamChange } from "../store/model-teams/model-team.ts";
import type { WaitingProposal } from "../store/runs/proposals.ts";
import type { CommandActor, KnownPeople } from "./people.ts";
import type { NeededRole, TokenScope } from "./right.ts";
import { type CommandRefusal, misread } from "./says.ts";

/** The newest values of a model's features, with their normal ranges and ranks. */
export interface ModelFigures {
  /** Time of the newest value, ms since 1970. */
  readonly atMs: number;
  /** Largest first. */
  readonly features: ModelEpisode["features"];
}

/** The facts that a handler gets. They are read before it runs, in the transaction that carries out the command. */
export interface CommandContext {
  /** Id of the command. */
  readonly id: string;
  /** The incident that the command is about; undefined where it is about none. */
  readonly incident: Incident | undefined;
  readonly actor: CommandActor;
  readonly people: KnownPeople;
  readonly nowMs: number;
  /** When the person gave the command, by the clock of the door. */
  readonly saidAtMs: number;
  /** How long an acknowledgement lasts while nothing happens, ms. */
  readonly ackForMs: number;
  /** How long a ticket stays closed if a person closes it while something is broken, ms. */
  readonly closedByHandMs: number;
  /** Account of the tracker to which the routes assign a ticket of the incident; undefined where they name none. */
  readonly routedTo: (incident: Incident) => string | undefined;
  /** Models of the incident that are anomalous now. */
  readonly models: readonly ModelKey[];
  /** A person has confirmed the command. */
  readonly confirmed: boolean;
  /** All commands. */
  readonly commands: readonly Command[];
  /** All waiting proposals, also of other incidents. */
  readonly waiting: readonly WaitingProposal[];
  /** Status in the store of each waiting run, by run. The store may have a newer decision than the incident. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Open incidents, newest first; read only for a command without an incident. */
  readonly open: readonly Incident[];
  /** Freezes that are in force or planned, oldest first. */
  readonly freezes: readonly Freeze[];
  /** The configured fixes with their targets; empty where the command requests no run. */
  readonly fixes: readonly SeenFix[];
  /** Who must approve a run of the fix, by the current configuration. Left out: not known. */
  readonly approvalOf?: (fix: string) => ApprovalRules | undefined;
  /** Figures of the model; undefined where the command does not need them, or none are stored. */
  readonly figures: ModelFigures | undefined;
}

/** The context of a command whose incident is there. */
export interface IncidentContext extends CommandContext {
  readonly incident: Incident;
}

export interface WishOutcome {
  readonly status: "wishes";
  readonly fix: string;
  readonly dry: boolean;
  /** All replicas at once. Default: one by one. */
  readonly full?: true;
  /**
   * Makes the answer once the run was judged.
   *
   * @param about the incident with the subject and episode of the run's member
   */
  readonly answer: (decided: DecidedWish, about: Incident) => AnsweredWish;
}

export type AnsweredWish =
  | CommandRefusal
  | { readonly status: "done"; readonly says: MessageSection };

export type CommandOutcome =
  | CommandRefusal
  | {
      readonly status: "done";
      readonly deed?: Deed;
      /** A freeze that begins or ends. The command must have `holdsRuns`. */
      readonly freezing?: FreezeChange;
      /** A change of the team to which tickets of the model go. */
      readonly rerouting?: TeamChange;
      readonly says: MessageSection;
    }
  /** The command is carried out once a person confirms it with `dw yes`. */
  | { readonly status: "asks"; readonly question: Block }
  /** The command is to be carried out on this incident. */
  | { readonly status: "about"; readonly incident: number }
  /** A run of the fix is to be judged, and stored unless it is dry. */
  | WishOutcome
  /** This command, which waited for confirmation, is to be carried out. */
  | { readonly status: "confirms"; readonly command: string };

/** The effect of a command that a person has done in the tracker itself. The change in the tracker stays. */
export interface DoneInTracker {
  readonly deed: Deed;
  /** The answer. Left out: none, because the person sees the change. */
  readonly says?: MessageSection;
  /** Text after the refusal of a person without the role: which part of the change stays. */
  readonly stays: Line;
  /** The deed is recorded even where the person lacks the role, because the tracker shows it. */
  readonly holdsAnyway?: true;
}

/** What a command file exports. */
export interface CommandSpec<Arguments extends z.ZodType<unknown, string>> {
  /** The words that call the command; the first is its name. */
  readonly words: readonly [string, ...string[]];
  /** The text after the word, as help shows it: `NAME|me`. Empty for none. */
  readonly usage: string;
  /** What it does, in half a sentence. */
  readonly help: string;
  readonly role: NeededRole;
  readonly scope: TokenScope;
  /** When the command asks for confirmation, as help shows it; left out: never. */
  readonly asksFirst?: string;
  /** No run is decided while the command is carried out. */
  readonly holdsRuns?: true;
  /** The command needs the figures of the model's features. */
  readonly needsFigures?: true;
  /** The command requests a run. @returns the word by which the text names the fix */
  readonly wishes?: (text: string) => string;
  /** Whether `help` shows the command for the incident. Left out: on an incident only `help all` shows it. */
  readonly fits?: (incident: Incident) => boolean;
  /** Parses the text after the word. The message of an issue says what is expected. */
  readonly arguments: Arguments;
  /**
   * Handles the same action done in the tracker itself; left out where the tracker has no such action.
   *
   * @param text from the door: an account, a severity
   * @returns undefined when it has no effect
   */
  readonly inTracker?: (text: string, context: IncidentContext) => DoneInTracker | undefined;
  /** Pure: no clock, no I/O. It returns a deed, which the reducer of incidents takes. */
  handle(asked: z.output<Arguments>, context: CommandContext): CommandOutcome;
}

/** A command in the registry. It parses its own arguments. */
export interface Command
  extends Omit<CommandSpec<z.ZodType<unknown, string>>, "arguments" | "handle"> {
  /** @param text after the word */
  carryOut(text: string, context: CommandContext): CommandOutcome;
}

export function command<Arguments extends z.ZodType<unknown, string>>(
  spec: CommandSpec<Arguments>,
): Command {
  return {
    ...spec,
    carryOut(text, context) {
      const parsed = spec.arguments.safeParse(text);
      if (parsed.success) return spec.handle(parsed.data, context);
      return misread(spec, parsed.error.issues[0]?.message ?? "");
    },
  };
}
