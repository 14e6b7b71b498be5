/** The names of the models of a source that have a saved state. */
import { type ModelKey, type ModelName, modelKey, modelName } from "../../model-key.ts";
import type { Queryable } from "../query.ts";

const sql = `select distinct model from states where starts_with(model, $1) order by model`;

/** @returns sorted; a model is saved within `checkpoint_interval` after its first rows */
export async function knownModels(
  q: Queryable,
  source: Omit<ModelName, "model">,
): Promise<readonly string[]> {
  const rows = await q.query<{ model: ModelKey }>(sql, [modelKey({ ...source, model: "" })]);
  return rows.map(({ model }) => modelName(model).model);
}
