/** Whether the daemons watch again: between them they have seen every model since a moment. */
import { models, type World } from "./world.ts";

interface ModelSeen {
  readonly name: string;
  readonly last_at: string | null;
}

/** @param sinceMs an attribution of every model that is not older must have been seen */
export async function watchesSince(world: World, sinceMs: number): Promise<boolean> {
  const seen = new Map<string, number>();
  const answers = await Promise.all(world.daemons.map(({ url }) => modelsOf(url)));
  for (const { name, last_at: at } of answers.flat()) {
    seen.set(name, Math.max(seen.get(name) ?? 0, at === null ? 0 : Date.parse(at)));
  }
  return models.every((model) => (seen.get(model) ?? -1) >= sinceMs);
}

async function modelsOf(url: string | undefined): Promise<readonly ModelSeen[]> {
  if (url === undefined) return [];
  try {
    const response = await fetch(`${url}/api/v1/models`, { signal: AbortSignal.timeout(1000) });
    // A daemon that is busy or about to stop answers with its reason instead.
    const page: { readonly items?: readonly ModelSeen[] } = JSON.parse(await response.text());
    return page.items ?? [];
  } catch {
    // Killed or paused; the other one may have them all.
    return [];
  }
}
