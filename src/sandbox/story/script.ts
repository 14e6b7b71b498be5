/**
 * The demo's story: ten models of two sources, five faults, two harmless changes, told in steps of one cadence. What
 * people say and do meanwhile is in people.ts.
 *
 * The main fault follows a published one ("Monitoring feature attributions", Google Cloud blog). In October 2019 a large
 * service lost the coverage of one feature in an infrastructure migration, and its importance dropped. A retraining
 * repaired it. Afterwards the importances of two other features stayed higher than before. So the restart here must
 * not help, and the ticket has to say so. After the retraining the new importances are normal.
 *
 * Two faults come later. A restart repairs one of them, after people have approved it. The other one affects the same
 * feature store as the main fault. Its restart does not help either, and two such restarts in a row escalate.
 */

/** The conditions of a model at one step. In normal times all factors are 1. */
export interface Conditions {
  /** Factor on single features. */
  readonly features: Readonly<Record<string, number>>;
  /** Factor on every importance: another unit, harmless. */
  readonly scale: number;
  /** Factor on the noise: a smaller sample, harmless. */
  readonly noise: number;
  /** No rows at all. */
  readonly silent: boolean;
}

/** The sources of the story. Each is a table of its own. */
export type StorySource = "main" | "pricing";

export interface ModelScript {
  readonly source: StorySource;
  readonly model: string;
  /** Feature → share of the model's attention in normal times; they add up to 1. */
  readonly shares: Readonly<Record<string, number>>;
  /** What the story does to it. Models may share one. */
  readonly change: ScriptedChange;
}

export interface ScriptedChange {
  /** What it affects: a model, or a source with all of its models. The title of the ticket names it. */
  readonly subject: string;
  readonly name: string;
  readonly harmful: boolean;
  /** The guilty feature; undefined when it is the model itself, or nobody. */
  readonly feature?: string;
  /** First and last step it lasts; Infinity when it is there to stay. */
  readonly from: number;
  readonly to: number;
  readonly during: Partial<Conditions>;
  /** The change ends when this container has restarted. Of several replicas it is the one that restarts last. */
  readonly curedBy?: string;
  /** It is retrained at this step, and looks like this from then on. */
  readonly retrain?: { readonly step: number; readonly features: Readonly<Record<string, number>> };
}

/** Story time between two attributions. */
export const cadenceMs = 600_000;
/** Steps of history before the story begins: seven days. */
export const historySteps = 1008;
/** Steps of the story itself. */
export const storySteps = 40;

/** One exporter writes the rows of all models of this source. */
const exporterStopped: ScriptedChange = {
  subject: "source pricing",
  name: "the exporter stopped",
  harmful: true,
  from: 12,
  to: 23,
  during: { silent: true },
};

const pricingModels: readonly ModelScript[] = ["eu", "jp", "uk", "us"].map((region) => ({
  source: "pricing",
  model: `pricing-${region}`,
  shares: { demand: 0.36, stock: 0.22, season: 0.17, competitor_price: 0.14, weekday: 0.11 },
  change: exporterStopped,
}));

export const models: readonly ModelScript[] = [
  {
    source: "main",
    model: "churn-v7",
    shares: {
      credit_score: 0.31,
      tenure_months: 0.19,
      monthly_charges: 0.14,
      support_calls: 0.11,
      contract_type: 0.09,
      payment_method: 0.07,
      region: 0.05,
      age: 0.04,
    },
    change: {
      subject: "churn-v7",
      name: "credit_score lost its coverage in a migration",
      harmful: true,
      feature: "credit_score",
      from: 6,
      to: 15,
      during: { features: { credit_score: 0.12 } },
      retrain: {
        step: 16,
        features: { credit_score: 0.12, support_calls: 1.9, contract_type: 1.7 },
      },
    },
  },
  {
    source: "main",
    model: "fraud-v3",
    shares: {
      amount: 0.27,
      merchant_risk: 0.22,
      device_age: 0.16,
      hour_of_day: 0.12,
      country: 0.1,
      velocity_1h: 0.08,
      refund_flag: 0.03,
      channel: 0.02,
    },
    change: {
      subject: "fraud-v3",
      name: "refund_flag leaks the label",
      harmful: true,
      feature: "refund_flag",
      from: 9,
      to: 22,
      during: { features: { refund_flag: 14 } },
    },
  },
  {
    source: "main",
    model: "ranking-v5",
    shares: { clicks: 0.33, dwell_time: 0.24, freshness: 0.18, price: 0.15, distance: 0.1 },
    change: {
      subject: "ranking-v5",
      name: "importances doubled: another unit",
      harmful: false,
      from: 4,
      to: Number.POSITIVE_INFINITY,
      during: { scale: 2 },
    },
  },
  {
    source: "main",
    model: "support-v1",
    shares: { wait_time: 0.3, topic: 0.26, sentiment: 0.2, language: 0.14, agent_load: 0.1 },
    change: {
      subject: "support-v1",
      name: "half as many rows explained: more noise",
      harmful: false,
      from: 5,
      to: Number.POSITIVE_INFINITY,
      during: { noise: Math.SQRT2 },
    },
  },
  ...pricingModels,
  {
    source: "main",
    model: "eta-v2",
    shares: { distance_km: 0.34, traffic: 0.28, weather: 0.17, weekday: 0.13, courier_age: 0.08 },
    change: {
      subject: "eta-v2",
      name: "traffic comes from a stale cache",
      harmful: true,
      feature: "traffic",
      from: 27,
      to: Number.POSITIVE_INFINITY,
      during: { features: { traffic: 0.1 } },
      curedBy: "eta-3",
    },
  },
  {
    source: "main",
    model: "limit-v2",
    shares: { credit_score: 0.36, income: 0.27, debt_ratio: 0.21, utilisation: 0.16 },
    change: {
      subject: "limit-v2",
      name: "credit_score is empty in the feature store",
      harmful: true,
      feature: "credit_score",
      from: 31,
      to: Number.POSITIVE_INFINITY,
      during: { features: { credit_score: 0.1 } },
    },
  },
];

/** @throws TypeError when the story has no such model */
export function sourceOf(name: string): StorySource {
  const found = models.find(({ model }) => model === name);
  if (found === undefined) throw new TypeError(`the story has no model ${name}`);
  return found.source;
}

/** Each change once, however many models it affects. */
export const changes: readonly ScriptedChange[] = [...new Set(models.map(({ change }) => change))];

/**
 * The runs of the story: the containers that each restarts, in this order, and the outcome that the ticket of its model
 * must report.
 */
export const promisedRestarts = [
  { model: "churn-v7", containers: ["feature-store-1"], outcome: "did not help" },
  {
    model: "eta-v2",
    containers: ["eta-1", "eta-2", "eta-3"],
    outcome: "helped: 3 clean attributions",
  },
  { model: "limit-v2", containers: ["feature-store-1"], outcome: "is not tried again by itself" },
] as const;

/** Texts that must be on the ticket of this model, about the fixes that three gates refuse. */
export const promisedRefusals = {
  model: "fraud-v3",
  says: ["A database is never restarted", "would cut off", "healthy_floor"],
} as const;

const normal: Conditions = { features: {}, scale: 1, noise: 1, silent: false };

/**
 * The conditions of a model at a step. Steps before 0 are history, and normal.
 *
 * @param restarted names of the containers that have restarted by then
 */
export function conditionsAt(
  { change }: ModelScript,
  step: number,
  restarted: readonly string[] = [],
): Conditions {
  if (change.curedBy !== undefined && restarted.includes(change.curedBy)) return normal;
  if (change.retrain !== undefined && step >= change.retrain.step) {
    return { ...normal, features: change.retrain.features };
  }
  return step >= change.from && step <= change.to ? { ...normal, ...change.during } : normal;
}
