/** `plan-prune-images` says which dangling images would be removed. `prune-images` removes exactly those. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { imagesSubject, planImages } from "../image-plan.ts";
import { actVerb, type ExecutorVerb, readVerb } from "../verb.ts";
import type { ImageMeans } from "./docker-means.ts";

export function planPruneImagesVerb({ engineChanges, images, clocks }: ImageMeans): ExecutorVerb {
  return readVerb({
    name: "plan-prune-images",
    arguments: verbs["plan-prune-images"].arguments,
    read: async () => {
      const planned = await planImages(engineChanges, images, clocks().wallMs);
      return {
        plan: planned.plan,
        images: planned.images
          .slice(0, 1000)
          .map(({ id, bytes, createdMs }) => ({ id, bytes, created_ms: createdMs })),
      };
    },
  });
}

export function pruneImagesVerb({
  engineChanges,
  images,
  clocks,
  prunes,
}: ImageMeans): ExecutorVerb {
  return actVerb({
    name: "prune-images",
    arguments: verbs["prune-images"].arguments,
    act: ({ plan }, permit) =>
      prunes.change(
        {
          subject: imagesSubject,
          plan,
          planNow: () => planImages(engineChanges, images, clocks().wallMs),
        },
        permit,
      ),
  });
}
