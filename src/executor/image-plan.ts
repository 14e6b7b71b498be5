/** Which dangling images the executor would remove now, and whether its limits let it. */
import type { DanglingImage, EngineChanges } from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import { type PlannedChange, planOf } from "./changes.ts";
import type { ImageLimits } from "./limits.ts";

export interface ImagePlan extends PlannedChange {
  /** Oldest first. */
  readonly images: readonly DanglingImage[];
}

/** The only subject: images belong to no container. */
export const imagesSubject = "images";

/** @throws DockerError DW_EXECUTOR_LIMIT while an image of the keep list would be removed */
export async function planImages(
  engine: Pick<EngineChanges, "danglingImages" | "pruneImages">,
  { builtBeforeMs: ageMs, keep }: ImageLimits,
  nowMs: number,
): Promise<ImagePlan> {
  const builtBeforeMs = nowMs - ageMs;
  const found = await engine.danglingImages();
  const images = found
    .filter(({ createdMs }) => createdMs < builtBeforeMs)
    .toSorted((one, other) => one.createdMs - other.createdMs || (one.id < other.id ? -1 : 1));
  const kept = images.find((image) => keep.some((entry) => isKept(image, entry)));
  if (kept !== undefined) {
    // The engine cannot be told to leave one image out.
    const text = `no image was removed, because ${kept.id} is in prune_images.keep: give it a tag`;
    throw new DockerError("DW_EXECUTOR_LIMIT", text);
  }
  return {
    images,
    name: "the dangling images",
    plan: planOf(images.map(({ id }) => id)),
    act: async (mayAct) => {
      // The age of the oldest image that stays is not reached between the plan and the act.
      const newest = images.at(-1);
      if (newest === undefined) return { removed: 0, freed_bytes: 0 };
      const { removed, freedBytes } = await engine.pruneImages({
        builtBeforeMs: Math.min(builtBeforeMs, newest.createdMs + 1000),
        mayAct,
      });
      return { removed, freed_bytes: freedBytes };
    },
  };
}

function isKept({ id, repositories, labels }: DanglingImage, entry: string): boolean {
  return (
    id === entry ||
    repositories.includes(entry) ||
    Object.entries(labels).some(([key, value]) => `${key}=${value}` === entry)
  );
}
