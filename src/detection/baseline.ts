/** The baseline of a model: judges each attribution, learns from it, and starts again on request. */
import type { ModelKey } from "../model-key.ts";
import { type FeatureTable, featureTable } from "./attribution/feature-table.ts";
import { isWhole, learnLevel, transform } from "./attribution/transform.ts";
import type { JudgedAttribution } from "./baseline/attention.ts";
import { learnSteps } from "./baseline/coarseness.ts";
import { learnNoise, noiseFactorOf, observeNoise, remember } from "./baseline/noise.ts";
import { type FeatureSettings, ModelOverrides, type Override } from "./baseline/overrides.ts";
import { judge, type ThresholdResult } from "./baseline/thresholding.ts";
import { shiftEvidence } from "./episode/explain-episode.ts";
import { applyRules, type Evidence, learnHabits, rebaselineHabits } from "./episode/rules.ts";
import { ModelMemory } from "./memory.ts";
import type { ModelFacts } from "./model-facts.ts";
import {
  type DecisionSettings,
  type DetectorUse,
  enoughFor,
  settledTransform,
  type Transform,
} from "./settings.ts";
import type { Workspace, WorkspacePool } from "./workspace.ts";

export interface BaselineOptions {
  readonly key: ModelKey;
  readonly transform: Transform;
  readonly uses: readonly DetectorUse[];
  readonly decision: DecisionSettings;
  readonly overrides: readonly Override[] | undefined;
  readonly pool: WorkspacePool;
}

/** One assembled attribution. */
export interface Assembled {
  /** Its time, microseconds since 1970. */
  readonly at: number;
  /** Features with two values at one time. */
  readonly conflicts: readonly string[];
  /** Whether the model is slow. */
  readonly slow: boolean;
  /** Whether a marker came into effect between its rows. Left out: no */
  readonly mixed?: boolean;
}

/** The result of judging one attribution. */
export interface Assessment {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  /** Rules that are fulfilled: pipeline rules first, then the deciding detectors'. */
  readonly evidence: readonly Evidence[];
  /** Nothing is wrong, nor nearly wrong. */
  readonly clean: boolean;
  /** The deciding detectors' highest score, 1.0 is the boundary; undefined while they warm up or relearn. */
  readonly highest: number | undefined;
  /** Enough of the vector was present to be judged. */
  readonly whole: boolean;
  /** Noise of the vector by {@link observeNoise}, to be learned with it; NaN where it is unknown. */
  readonly noise: number;
}

/** The highest score of detectors and rules; undefined where nothing was scored. */
export const highestOf = ({ evidence, highest }: Assessment): number | undefined =>
  evidence.reduce<number | undefined>((most, { score }) => Math.max(most ?? 0, score), highest);

export class Baseline {
  readonly #options: BaselineOptions;
  readonly #facts: ModelFacts;
  readonly #overrides: ModelOverrides;
  #features: FeatureTable;
  #memory: ModelMemory;
  /** By slot; undefined where no override is for this model. */
  #own: readonly FeatureSettings[] | undefined;

  constructor(
    options: BaselineOptions,
    facts: ModelFacts,
    saved: { readonly names: readonly string[]; readonly memory: ModelMemory } | undefined,
  ) {
    this.#options = options;
    this.#facts = facts;
    this.#overrides = new ModelOverrides(options.overrides ?? [], options.key);
    this.#features = featureTable(saved?.names ?? []);
    const empty = { nFeatures: 0, uses: options.uses, raw: this.#isRaw(0) };
    this.#memory = saved?.memory ?? new ModelMemory(empty);
    this.#applyOverrides();
  }

  get memory(): ModelMemory {
    return this.#memory;
  }

  get names(): readonly string[] {
    return this.#features.names;
  }

  /** Transformed values and scores of the newest attribution; valid until another one of this size is judged. */
  get workspace(): Workspace {
    return this.#options.pool.of(this.#memory.nFeatures);
  }

  /** The newest attribution; valid as long as {@link workspace}. */
  get judged(): JudgedAttribution {
    const memory = this.#memory;
    const kind = settledTransform(this.#options.transform, memory.nFeatures);
    return { memory, workspace: this.workspace, kind };
  }

  slotOf(feature: string): number | undefined {
    return this.#features.slotOf(feature);
  }

  /** New features take part from this attribution on. */
  admit(
    newcomers: readonly { readonly name: string; readonly ts: number; readonly value: number }[],
  ): void {
    if (newcomers.length === 0) return;
    const before = this.#memory.nFeatures;
    const raw = this.#isRaw(before + newcomers.length);
    const late = this.#facts.learned >= this.#options.decision.settled;
    if (raw !== this.#memory.shape.raw) this.#startOver();
    this.#memory = this.#memory.grown(before + newcomers.length, raw);
    this.#features = featureTable([...this.names, ...newcomers.map(({ name }) => name)]);
    for (const [i, { ts, value }] of newcomers.entries()) {
      const slot = before + i;
      this.#memory.seenAt[slot] = ts;
      this.#memory.value[slot] = value;
      this.#memory.fresh[slot] = late ? 1 : 0;
    }
    this.#applyOverrides();
  }

  /** Judges the assembled attribution; nothing is learned yet. */
  judge(assembled: Assembled): Assessment {
    const assessment = this.#judge(assembled);
    // What was before and after a marker is neither normal nor a fault.
    if (assembled.mixed === true)
      return { ...assessment, evidence: [], clean: false, highest: undefined };
    // Clean, so that habits are still learned while nothing is reported.
    if (this.ignored) return { ...assessment, evidence: [], clean: true };
    return assessment;
  }

  /** Whether nothing is to be reported of the model. */
  get ignored(): boolean {
    return this.#overrides.ignoresModel;
  }

  #judge({ at, conflicts, slow }: Assembled): Assessment {
    const facts = this.#facts;
    const memory = this.#memory;
    const {
      evidence: ruled,
      arriving,
      uneasy,
    } = applyRules({
      memory,
      names: this.names,
      state: facts.rules,
      settings: this.#options.decision,
      learned: facts.learned,
      settled: facts.learned >= enoughFor(slow, this.#options.decision),
      at,
      conflicts: conflicts.flatMap((name) => this.slotOf(name) ?? []),
      ignored: this.#own?.map(({ ignore }) => ignore === true),
    });
    const { workspace } = this;
    if (!isWhole(memory)) {
      workspace.scores.fill(Number.NaN);
      return {
        at,
        evidence: ruled,
        clean: false,
        highest: undefined,
        whole: false,
        noise: Number.NaN,
      };
    }
    const { highest, shift, noise } = this.#score(at, slow);
    const clean = !uneasy && (highest ?? 0) < this.#options.decision.exitLevel;
    const evidence = [...ruled, ...(shift.length > 0 ? arriving : []), ...shift];
    return { at, evidence, clean, highest, whole: true, noise };
  }

  /** The deciding detectors' evidence against some features of what was judged. */
  evidenceAgainst(guilty: readonly number[], at: number): readonly Evidence[] {
    const { names, judged } = this;
    const own = this.#own;
    return shiftEvidence({
      at,
      judged,
      names,
      anomalousSlots: guilty,
      whole: undefined,
      guilty,
      own,
    });
  }

  /** Learns what was judged, unless something was wrong with it or the baseline is frozen. */
  learnOrSkip(assessment: Assessment): void {
    const facts = this.#facts;
    const { y } = this.workspace;
    const quiet = assessment.whole && assessment.evidence.length === 0 && facts.episode === null;
    if (quiet && assessment.clean) this.#learn(y, assessment);
    else this.#skip(y, assessment);
    // This also holds where a missing feature makes the attribution unclean: the feature may come and go by habit.
    if (quiet) {
      learnHabits(this.#memory, facts.rules, facts.learned);
      learnSteps(this.#memory, this.workspace.scores, this.#options.decision.exitLevel);
    }
    if (assessment.whole) remember(this.#memory, y);
    this.#memory.previous.set(this.#memory.value);
    if (facts.widen > 0) facts.widen--;
  }

  /** Accepts the present as the new normal, and learns it from scratch. */
  rebaseline(): void {
    rebaselineHabits(this.#memory, this.#facts.rules);
    this.#memory = this.#memory.relearned();
    this.#applyOverrides();
    this.#startOver();
  }

  /** Applies the features' own settings. They change how features are judged; what was learned stays. */
  #applyOverrides(): void {
    const overrides = this.#overrides;
    if (overrides.isEmpty) return;
    const own = this.names.map((name) => overrides.of(name));
    this.#own = own;
    this.#memory.judgeAt((slot) => own[slot]?.sensitivity);
  }

  #isRaw(nFeatures: number): boolean {
    return settledTransform(this.#options.transform, nFeatures) === "none";
  }

  #score(
    at: number,
    slow: boolean,
  ): Pick<ThresholdResult, "highest"> & {
    readonly shift: readonly Evidence[];
    readonly noise: number;
  } {
    const memory = this.#memory;
    const facts = this.#facts;
    const { workspace } = this;
    const { decision: settings } = this.#options;
    transform(this.judged.kind, memory, { workspace, at });
    const noise = observeNoise(memory, workspace);
    const noiseFactor = noiseFactorOf(memory) * (facts.widen > 0 ? settings.relearnedWiden : 1);
    const own = this.#own && { kind: this.judged.kind, bySlot: this.#own };
    const context = { at, noiseFactor, slow, settings, crossed: facts.crossed, own };
    const judgement = judge(memory, workspace, context);
    const { highest, anomalousSlots, whole } = judgement;
    facts.scores = judgement.detectors;
    facts.crossed = judgement.crossed;
    facts.provisional = slow && (facts.widen > 0 || judgement.byFallback);
    if (facts.relearn > 0) return { highest: undefined, shift: [], noise };
    const { names, judged } = this;
    const shift = shiftEvidence({ at, judged, names, anomalousSlots, whole, own: this.#own });
    return { highest, shift, noise };
  }

  #learn(y: Float64Array, { at, noise }: Assessment): void {
    const memory = this.#memory;
    const facts = this.#facts;
    for (const active of memory.detectors) active.learnOne(y, at);
    learnLevel(memory, y);
    learnNoise(memory, y, noise);
    facts.learned++;
    facts.unlearned = 0;
    if (facts.relearn > 0) facts.relearn--;
  }

  /** Does not learn. After `freezeLimit` unlearned attributions without an episode, the present becomes normal. */
  #skip(y: Float64Array, { at, whole }: Assessment): void {
    if (whole) for (const active of this.#memory.detectors) active.skipOne(y, at);
    this.#facts.unlearned++;
    const { freezeLimit } = this.#options.decision;
    if (this.#facts.episode === null && this.#facts.unlearned >= freezeLimit) this.rebaseline();
  }

  #startOver(): void {
    const { relearn, relearnedWidenFor } = this.#options.decision;
    Object.assign(this.#facts, { relearn, widen: relearnedWidenFor });
    Object.assign(this.#facts, { learned: 0, unlearned: 0, crossed: 0 });
  }
}
