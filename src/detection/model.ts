/** One watched model: applies rows, markers and the passing of time, and returns the decisions that follow. */
import type { ModelKey } from "../model-key.ts";
import type { Row } from "../stream/record.ts";
import { assemblerOf } from "./attribution/assembler-of.ts";
import type { Assembling } from "./attribution/assembling.ts";
import { Cadence } from "./attribution/cadence.ts";
import type { DropReason } from "./attribution/counts.ts";
import { pastAttribution } from "./baseline/past-attribution.ts";
import { type Assembled, type Assessment, Baseline, highestOf } from "./baseline.ts";
import { ask, closedEvent, episodeOf, stepEpisode } from "./episode/episode.ts";
import { openedEvent, silentEvidence } from "./episode/explain-episode.ts";
import { joining } from "./episode/joining.ts";
import { isBetween, isRetrainedByHabit, newestSettled } from "./episode/markers.ts";
import type { Evidence } from "./episode/rules.ts";
import { heardAt, silentDue, silentSince, unaskedIn, withGap } from "./episode/silence.ts";
import { answer, answerDue, giveUp, observe } from "./episode/verification.ts";
import type { DetectionEvent, EpisodeClosed } from "./event.ts";
import type { ModelMemory } from "./memory.ts";
import type { ModelContext } from "./model-context.ts";
import { forgetTimesBeyond, type ModelFacts, newFacts, warmUpOf } from "./model-facts.ts";
import { isVersion, type SourceSettings } from "./settings.ts";
import type { ModelParts } from "./snapshot.ts";

export type { ModelContext } from "./model-context.ts";

export class WatchedModel {
  readonly key: ModelKey;
  readonly facts: ModelFacts;
  /** Settings of the source it was first seen in. */
  readonly source: SourceSettings;
  /** Whether its name is a version of another model, which is watched instead. */
  readonly #isVersion: boolean;
  readonly #context: ModelContext;
  readonly #assembler: Assembling;
  readonly #cadence: Cadence;
  readonly #baseline: Baseline;
  #score: number | undefined;
  #events: DetectionEvent[] = [];

  /** @param origin what a snapshot held, or for a new model the name of its source */
  constructor(key: ModelKey, context: ModelContext, origin: ModelParts | string) {
    const { decision, detectors: uses, maxFeatures, overrides } = context.settings;
    const saved = typeof origin === "string" ? undefined : origin;
    const fresh = { relearn: decision.relearn, widen: decision.relearnedWidenFor };
    this.key = key;
    this.facts = typeof origin === "string" ? newFacts(origin, fresh) : origin.facts;
    this.source = context.settings.source(this.facts.source);
    this.#isVersion = isVersion(key, this.source);
    this.#context = context;
    const { transform } = this.source;
    const options = { key, transform, uses, decision, overrides, pool: context.pool };
    this.#baseline = new Baseline(options, this.facts, saved);
    this.#cadence = new Cadence(decision.silentCadences, this.facts);
    const open = { assembly: this.facts.assembly, maxFeatures };
    this.#assembler = assemblerOf(this.#baseline, this.source, open);
  }

  /** Score of the newest attribution by deciding detectors and rules; undefined while warming up. */
  get score(): number | undefined {
    return this.#score;
  }

  get memory(): ModelMemory {
    return this.#baseline.memory;
  }

  get features(): readonly string[] {
    return this.#baseline.names;
  }

  /** Usual time between two attributions, microseconds; undefined while unknown. */
  get cadence(): number | undefined {
    return this.#cadence.usual;
  }

  slotOf(feature: string): number | undefined {
    return this.#baseline.slotOf(feature);
  }

  /** The content of a snapshot. */
  parts(): ModelParts {
    const assembly = this.#assembler.saved();
    const { intervals, gaps } = this.#cadence;
    const facts = { ...this.facts, assembly, intervals, gaps };
    return { names: this.features, facts, memory: this.memory };
  }

  /** Warm-up of a slow model: `9/14` before it is judged, then `provisional`. Undefined once warm, and if not slow. */
  get warmUp(): string | undefined {
    const needed = this.#context.settings.decision.provisional;
    return this.#isSlow ? warmUpOf(this.facts, needed) : undefined;
  }

  /** What was decided since the last call. */
  takeEvents(): readonly DetectionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** Takes one row with a finite time. @returns why the row was dropped; undefined if it was not */
  take(row: Row): DropReason | undefined {
    const placement = this.#assembler.add(row);
    if (placement === "placed") return undefined;
    if (placement !== "belongs_to_next") return placement;
    this.#close();
    return this.take(row);
  }

  /** Call it after the last row of a record: closes the open attribution if it is complete. */
  endRows(): void {
    if (this.#assembler.isComplete) this.#close();
  }

  /** Rows of open attributions, which are not judged yet. */
  get unfinished(): number {
    return this.#assembler.unfinished;
  }

  /** Closes the open attribution, complete or not, unless rows after history may belong to it. */
  finish(): void {
    if (this.#assembler.isOverWithHistory) this.#close();
  }

  /** Earliest watermark at which {@link pass} may change anything; Infinity when none. */
  due(): number {
    const { markers, verification } = this.facts;
    const marked = markers.map(({ at }) => this.#assembler.settledAt(at));
    const next = [answerDue(verification, this.cadence), ...marked];
    return Math.min(this.#assembler.due, this.#silentDue(), ...next);
  }

  /** Records a gap in which the source was not asked. @returns whether that changes anything */
  notAsked(gap: { readonly from: number; readonly until: number }): boolean {
    const { facts } = this;
    const before = facts.unasked;
    facts.unasked = withGap(before, gap, facts.lastAt ?? facts.since.at ?? gap.from);
    return facts.unasked !== before;
  }

  /**
   * Advances the time: closes attributions that are over, detects silence, applies markers and answers verify records.
   *
   * @param sourceNewest newest row time of its source, microseconds; undefined where it is unknown
   */
  pass(watermark: number, sourceNewest?: number): void {
    while (this.#assembler.isPassed(watermark)) this.#close();
    if (watermark >= this.#silentDue()) this.#fallSilent(watermark, sourceNewest);
    this.applyMarkers(newestSettled(this.facts.markers, this.#assembler, watermark));
    this.#answer(watermark);
  }

  /** Due markers take effect: the episode ends and all is learned from scratch, unless the model is retrained by habit. */
  applyMarkers(now: number): void {
    const { markers } = this.facts;
    const due = markers.filter(({ at }) => at <= now);
    if (due.length === 0) return;
    this.facts.markers = markers.filter(({ at }) => at > now);
    if (isRetrainedByHabit(this.facts, this.#context.settings.decision)) return;
    for (const { at } of due) if (this.facts.episode !== null) this.#end("marker", at);
    this.#baseline.rebaseline();
  }

  /** Watermark at which the model is forgotten, after the retire time and at least `silentCadences` of silence. */
  get retiredAt(): number {
    if (this.facts.historic) return Number.POSITIVE_INFINITY;
    if (this.#isVersion) return Number.NEGATIVE_INFINITY;
    const least = Math.max(this.#context.settings.retireAfterUs, this.#cadence.patience ?? 0);
    return silentSince(this.facts, this.#assembler.start) + least;
  }

  /** Ends the open attribution and episode. The model learns and decides nothing afterwards. */
  retire(watermark: number): void {
    if (this.facts.episode !== null) this.#end("retired", watermark);
    this.#events.push(...giveUp(this.facts.verification, watermark));
  }

  /** Learns everything about its level from scratch. */
  rebaseline(): void {
    this.#baseline.rebaseline();
  }

  /** If the clock is before this time, microseconds, the model's newest time is too far in the future. */
  get aheadUntil(): number {
    const newest = this.facts.lastAt ?? Number.NEGATIVE_INFINITY;
    return Math.max(newest, this.#assembler.start) - this.source.maxFutureUs;
  }

  /** Forgets times beyond the limit, since they were absurd. @returns rows dropped */
  forgetBeyond(limit: number): number {
    forgetTimesBeyond(this.facts, limit);
    return this.#assembler.forgetBeyond(limit);
  }

  #close(): void {
    const { facts } = this;
    const { at, until, newest, newcomers, conflicts } = this.#assembler.finish();
    const { lastAt, unasked } = facts;
    if (lastAt !== null && at > lastAt) this.#cadence.add(lastAt, at, unaskedIn(unasked, at));
    facts.lastAt = at;
    if (newest > at) facts.newestRow = newest;
    facts.unasked = heardAt(unasked, at);
    facts.silent = false;
    if (facts.sinceMarker !== undefined) facts.sinceMarker++;
    this.#baseline.admit(newcomers);
    this.applyMarkers(at);
    this.#judge({ at, conflicts, slow: this.#isSlow, mixed: isBetween(facts.markers, at, until) });
    this.#assembler.expect();
    this.#answer(at);
  }

  #judge(assembled: Assembled): void {
    const { at } = assembled;
    const { counts, settings, history } = this.#context;
    const assessment: Assessment = this.#baseline.judge(assembled);
    counts.attributions++;
    if (!assessment.whole) counts.fragments++;
    const { evidence, clean } = assessment;
    this.#score = highestOf(assessment);
    const known = { model: this.key, at, names: this.features, score: this.#score };
    history?.take(pastAttribution(known, this.#baseline.judged));
    const finding = { isAnomalous: evidence.length > 0, clean };
    const step = stepEpisode(this.facts, finding, settings.decision);
    if (step === "opens" || step === "announced") this.#open(at, evidence);
    else if (step === "unanswered")
      this.#events.push(...ask(this.key, this.facts, { at, evidence }));
    else if (step !== undefined) this.#end(step, at);
    else this.#join(at, evidence);
    if (assessment.highest !== undefined) observe(this.facts.verification, { at, clean });
    this.#baseline.learnOrSkip(assessment);
    if (step === "accepted") this.#baseline.rebaseline();
  }

  get #isSlow(): boolean {
    return (this.cadence ?? 0) >= this.#context.settings.decision.slowCadenceUs;
  }

  #silentDue(): number {
    if (this.#isVersion) return Number.POSITIVE_INFINITY;
    return Math.max(silentDue(this.facts, this.#cadence), this.#assembler.heardUntil);
  }

  #fallSilent(watermark: number, sourceNewest: number | undefined): void {
    const { facts } = this;
    facts.silent = true;
    if (facts.episode !== null) {
      facts.episode.clean = 0;
      if (facts.historic || facts.episode.told?.silent !== undefined) return;
    }
    if (this.#baseline.ignored) return;
    this.#baseline.workspace.scores.fill(Number.NaN);
    const evidence = silentEvidence(facts, watermark, this.#cadence);
    this.#open(watermark, [evidence], sourceNewest);
  }

  #open(at: number, evidence: readonly Evidence[], sourceNewest?: number): void {
    const { facts, cadence } = this;
    const opened = openedEvent({
      model: this.key,
      at,
      evidence,
      judged: this.#baseline.judged,
      names: this.features,
      facts,
      intervals: this.#cadence.intervals,
      outOf: this.#context.settings.decision.outOf,
      warmUp: this.warmUp,
      cadence,
      sourceNewest,
      predictionWindowUs: this.source.predictionWindowUs,
    });
    facts.episode = episodeOf(facts, opened, evidence);
    if (facts.episode.announced) this.#events.push(opened);
  }

  #join(at: number, evidence: readonly Evidence[]): void {
    const { scores } = this.#baseline.workspace;
    const { decision: settings } = this.#context.settings;
    const against = (slots: readonly number[]) => this.#baseline.evidenceAgainst(slots, at);
    const input = { evidence, memory: this.memory, scores, settings, against };
    const joined = joining(this.facts.episode, input);
    if (joined.length > 0) this.#open(at, joined);
  }

  #end(cause: EpisodeClosed["cause"], at: number): void {
    const { episode } = this.facts;
    this.facts.episode = null;
    if (episode?.announced !== true) return;
    this.#events.push(closedEvent(this.key, episode, { cause, at }));
  }

  #answer(now: number): void {
    const { verification, episode } = this.facts;
    if (verification.questions.length === 0) return;
    const context = { now, episodeOpen: episode !== null, cadence: this.cadence };
    this.#events.push(...answer(verification, context));
  }
}
