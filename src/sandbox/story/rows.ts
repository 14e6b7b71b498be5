/** Makes the rows of the story, step by step. The same seed makes the same rows. The demo inserts them into Postgres. */
import { cadenceMs, conditionsAt, type ModelScript, models } from "./script.ts";
import { attribution, seededRandom } from "./signal.ts";

export interface StoryRow {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly model: string;
  readonly feature: string;
  readonly importance: number;
}

/** An exporter writes early or late by up to half of this, ms. */
export const jitterMs = 4000;

export interface StoryRows {
  /**
   * Rows of all models at this step. Call with consecutive steps: the noise is drawn in order.
   *
   * @param restarted names of the containers that have restarted by then
   */
  at(step: number, restarted?: readonly string[]): readonly StoryRow[];
}

/**
 * @param seed whole number; seeds 1 to 20 are tested
 * @param originMs time of step 0, milliseconds since 1970
 */
export function storyRows(seed: number, originMs: number): StoryRows {
  const sources = models.map((model, place) => ({
    model,
    random: seededRandom(seed * 97 + place),
  }));
  return {
    at: (step, restarted) =>
      sources.flatMap((source) => rowsOf(source, step, { originMs, restarted })),
  };
}

function rowsOf(
  { model, random }: { readonly model: ModelScript; readonly random: () => number },
  step: number,
  {
    originMs,
    restarted,
  }: { readonly originMs: number; readonly restarted: readonly string[] | undefined },
): readonly StoryRow[] {
  const atMs = Math.round(originMs + step * cadenceMs + jitterMs * (random() - 0.5));
  const conditions = conditionsAt(model, step, restarted);
  const values = attribution(model, { hours: (atMs / 3_600_000) % 24, conditions, random });
  if (conditions.silent) return [];
  return [...values].map(([feature, importance]) => ({
    atMs,
    model: model.model,
    feature,
    importance,
  }));
}
