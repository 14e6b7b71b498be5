/**
 * Watches a history and counts what must never happen. It shares no code with the gates: it keeps its own list of
 * intents, acts, words and settings, and judges each intent and each act by them.
 */
import type { Run } from "../../src/store/runs/run.ts";
import type { Container } from "./engine.ts";
import {
  exceeded,
  hasFailedTwice,
  type Intent,
  intentOf,
  isRepeated,
  isSoon,
} from "./oracle-limits.ts";
import { type Asked, type Now, OracleWords, wordLacking } from "./oracle-words.ts";
import type { FixSettings } from "./steps.ts";

/** What the last line of `npm run safety` counts. */
export interface Violations {
  /** Intents beyond a budget, within a cooldown, or beside more others than may act. */
  budget_violations: number;
  /** Intents about what is refused, not exactly one target, or forbidden just then. */
  refused_target_acts: number;
  /** Acts without an intent of their own that was written down before. */
  acts_without_intent: number;
  /** Intents without the words that they needed, or against a no. */
  acts_without_approval: number;
}

/** What is true when a run is decided, as the world knows it. */
export interface World {
  readonly at: Now;
  /** What the selector of the fix matches; undefined where nobody can tell. */
  readonly matching: readonly Container[] | undefined;
  /** Until when a person wants nothing done, by the store's clock; undefined where nobody does. */
  readonly silentUntilMs: number | undefined;
  /** Until when people want no run at all. */
  readonly frozenUntilMs: number;
  /** Newest moment at which the incident's model was known to be anomalous, by the store's clock. */
  readonly evidenceMs: number;
  readonly isWarm: boolean;
  readonly severity: string;
}

/** A run, and by whose settings it was decided. */
interface Judged extends World {
  readonly settings: FixSettings;
  /** A person asks for it just now. */
  readonly isWish: boolean;
}

const minute = 60_000;
/** Three cadences of ten minutes. */
const freshMs = 30 * minute;
/** Requests of this long are counted together. */
const stormMs = 15 * minute;

export const noViolations = (): Violations => ({
  budget_violations: 0,
  refused_target_acts: 0,
  acts_without_intent: 0,
  acts_without_approval: 0,
});

export class SafetyOracle {
  readonly violations = noViolations();
  /** What went wrong, one sentence each. */
  readonly wrong: string[] = [];
  readonly words = new OracleWords();
  readonly #intents: Intent[] = [];
  /** By run: the target that it was last asked for, and when. */
  readonly #requests = new Map<string, { readonly target: string | null; readonly at: Now }>();
  /** Runs that a person asked for. */
  readonly #wished = new Set<string>();
  /** Acts that took effect. */
  acts = 0;

  /** A process writes a run down. */
  decided(run: Run, judged: Judged): void {
    const asked = this.words.waiting(run.id);
    if (judged.isWish) this.#wished.add(run.id);
    this.#requests.set(run.id, { target: run.targetId, at: judged.at });
    if (run.status === "acting") {
      this.#judge(run, { ...judged, asked });
      this.#intents.push(intentOf(run, judged.at));
    }
    if (asked !== undefined) asked.used = true;
    if (run.status === "proposed") this.words.ask(run, judged.settings);
  }

  #judge(run: Run, judged: Judged & { readonly asked: Asked | undefined }): void {
    const intents = this.#intents;
    for (const how of exceeded(run, { ...judged, intents }))
      this.#note("budget_violations", run, how);
    const forbidden = [...wrongTarget(run, judged), ...forbiddenNow(judged)];
    if (isRepeated(run, { intents, isWished: this.#wished.has(run.id) }))
      forbidden.push("again for one incident");
    if (this.#isStorm(judged)) forbidden.push("while more targets were asked for than may be");
    for (const how of forbidden) this.#note("refused_target_acts", run, how);
    const lacks = this.#lacksWord(run, judged) ?? this.#defiesNo(run, judged);
    if (lacks !== undefined) this.#note("acts_without_approval", run, lacks);
  }

  #isStorm({ at, settings: { storm } }: Judged): boolean {
    const lately = [...this.#requests.values()].filter((one) => isSoon(one.at, at, stormMs));
    const targets = new Set(lately.flatMap(({ target }) => target ?? []));
    return storm !== undefined && targets.size > storm;
  }

  #lacksWord(
    run: Run,
    { settings, asked, at }: Judged & { readonly asked: Asked | undefined },
  ): string | undefined {
    const { mode, tier } = settings;
    if (mode === "off" || mode === "observe") return `in mode ${mode}`;
    if (mode === "auto" && tier !== "auto" && !this.#wished.has(run.id))
      return "by itself though it needs a word";
    const needsWord =
      mode === "approve" || this.#wished.has(run.id) || hasFailedTwice(run.fix, this.#intents);
    return needsWord ? wordLacking(run, asked, { at, settings }) : undefined;
  }

  /** A person said no to the same a short while ago, and it is no worse now. */
  #defiesNo(run: Run, { at, settings, severity }: Judged): string | undefined {
    const last = this.words.lastNo(run);
    if (last === undefined || !isSoon(last.at, at, settings.denyForMs)) return undefined;
    return severity < last.severity ? undefined : "soon after a no to the same";
  }

  /** An act takes effect. */
  acted(fix: string, { id, name, starts }: Container, at: Now): void {
    this.acts += 1;
    const intent = this.#intents.find(
      (one) =>
        one.fix === fix &&
        one.target === id &&
        one.started === `${starts}` &&
        one.status === "acting" &&
        !one.forgotten &&
        !one.acted,
    );
    if (intent === undefined) {
      this.violations.acts_without_intent += 1;
      this.wrong.push(`${fix} acted on ${name} without an intent of its own`);
      return;
    }
    intent.acted = true;
    intent.end = at;
  }

  /** The end of a run is recorded. */
  finished(run: string, status: string | undefined, at: Now): void {
    for (const intent of this.#intents) {
      if (intent.run !== run || intent.status !== "acting" || status === undefined) continue;
      intent.status = status;
      intent.end = at;
    }
  }

  /** The store has forgotten what came after its backup, and every process has ended. */
  restored(then: readonly Asked[]): void {
    for (const intent of this.#intents) intent.forgotten = true;
    this.#requests.clear();
    this.words.remember(then);
  }

  /** An episode opens in the incident: what was done before was for another one. */
  opened(incident: string): void {
    for (const intent of this.#intents) if (intent.incident === incident) intent.past = true;
  }

  /** The model has said whether it helped. */
  verified(run: string, outcome: string): void {
    for (const intent of this.#intents) if (intent.run === run) intent.outcome = outcome;
  }

  #note(kind: keyof Violations, { id, fix }: Run, how: string): void {
    this.violations[kind] += 1;
    this.wrong.push(`${id} of ${fix} was decided ${how}`);
  }
}

/** It acts on exactly the one that its selector matches, and only where that may be touched. */
function wrongTarget({ targetId }: Run, { matching = [], settings }: Judged): string[] {
  const [only, ...more] = matching;
  if (only === undefined || more.length > 0 || only.id !== targetId)
    return ["though its selector did not match exactly one"];
  const reasons: string[] = [];
  if (only.refusal !== undefined) reasons.push("on a target that is refused");
  if (only.hasDependants && !settings.withDependants) reasons.push("though it cuts others off");
  if (only.healthy < settings.healthyFloor) reasons.push("though too few others are healthy");
  return reasons;
}

function forbiddenNow(judged: Judged): string[] {
  const { settings, silentUntilMs, frozenUntilMs, evidenceMs, isWarm, at } = judged;
  const reasons: string[] = [];
  if (settings.tier === "never") reasons.push("though it is never done");
  if (silentUntilMs !== undefined && at.storeMs < silentUntilMs) reasons.push("within a silence");
  if (isMaintained(settings, at)) reasons.push("within a maintenance window");
  if (at.storeMs < frozenUntilMs) reasons.push("within a freeze");
  if (at.storeMs - evidenceMs > freshMs) reasons.push("on old evidence");
  if (!isWarm) reasons.push("for a model that is not known well");
  return reasons;
}

function isMaintained({ maintenance }: FixSettings, { storeMs }: Now): boolean {
  if (maintenance === undefined) return false;
  const minuteOfDay = Math.floor(storeMs / minute) % 1440;
  const { from, to } = maintenance;
  return from < to
    ? minuteOfDay >= from && minuteOfDay < to
    : minuteOfDay >= from || minuteOfDay < to;
}
