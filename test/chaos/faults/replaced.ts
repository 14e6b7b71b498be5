/** Waits until others have saved newer states than those who are paused know. */
import { sql } from "../../programs/postgres.ts";
import { waitUntil } from "../../programs/wait-until.ts";
import { models, type World } from "../world.ts";
import { trafficMs } from "./fault.ts";

type Saved = ReadonlyMap<string, number>;

const savedSql = "SELECT model, applied_through FROM driftwarden.states";

/** Through which offset each of the fed models is saved. */
async function savedIn({ storeUrl }: World): Promise<Saved> {
  const rows = await sql(storeUrl, savedSql);
  const saved = rows.map(
    (row) =>
      [String(row["model"]).split("/").at(-1) ?? "", Number(row["applied_through"])] as const,
  );
  return new Map(saved.filter(([model]) => models.includes(model)));
}

/** Resolves when every fed model has been saved by somebody who is not paused. */
export async function replaced(world: World): Promise<void> {
  // Another fault may have stopped the store.
  const now = (): Promise<Saved | undefined> => savedIn(world).catch(() => undefined);
  let before = await now();
  const isSaved = async (): Promise<boolean> => {
    const saved = await now();
    before ??= saved;
    return models.every((model) => (saved?.get(model) ?? -1) > (before?.get(model) ?? -1));
  };
  await waitUntil(isSaved, { what: "others to save newer states", withinMs: trafficMs });
}
