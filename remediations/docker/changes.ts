/** Removes dangling images and sets memory limits through dockerode. Only an executor does so, within its own limits. */
import type Dockerode from "dockerode";
import { z } from "zod";
import { type Connection, validated } from "./connection.ts";
import { checkAnswer, containerId } from "./container.ts";
import type { DanglingImage, EngineChanges, PrunedImages } from "./engine.ts";
import { DockerError } from "./errors.ts";
import { usageOf } from "./readings.ts";

const dangling = z.object({
  Id: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  Created: z.number(),
  Size: z.number().min(0),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
});

const pruned = z.object({
  ImagesDeleted: z.array(z.unknown()).nullish(),
  SpaceReclaimed: z.number().min(0),
});

const limited = z.object({
  Id: containerId,
  HostConfig: z.object({ Memory: z.number().nullish(), MemorySwap: z.number().nullish() }),
});

/** @throws DockerError from every call, and what `mayAct` throws */
export function changesThrough(connection: Connection, deadlineMs: number): EngineChanges {
  return {
    danglingImages: () =>
      connection.ask("images", async (docker) => {
        const filters = JSON.stringify({ dangling: ["true"] });
        const answer = await docker.listImages({ filters });
        return validated(dangling.array(), answer, "images").filter(isDangling).map(imageFrom);
      }),
    pruneImages: ({ builtBeforeMs, mayAct }) =>
      connection.ask(
        "prune",
        async (docker) => {
          const until = [String(Math.floor(builtBeforeMs / 1000))];
          const filters = JSON.stringify({ dangling: ["true"], until });
          return prunedFrom(await docker.pruneImages({ filters }));
        },
        { deadlineMs, mayAct },
      ),
    memory: async (id) => {
      try {
        return await connection.ask("memory", async (docker) => {
          const { limit } = await limitsOf(docker, id);
          const usage = await usageOf(docker, id);
          return { limitBytes: limit, inUseBytes: usage?.memoryBytes };
        });
      } catch (error) {
        if (error instanceof DockerError && error.code === "DW_DOCKER_GONE") return undefined;
        throw error;
      }
    },
    updateMemory: async (id, { bytes, mayAct }) => {
      const { limit, both } = await connection.ask("memory", (docker) => limitsOf(docker, id));
      // The engine refuses a limit above that of memory and swap together. -1 is none, 0 is not accounted.
      const more = both > 0 ? { MemorySwap: bytes + Math.max(0, both - limit) } : {};
      await connection.ask(
        "update",
        async (docker) => docker.getContainer(id).update({ Memory: bytes, ...more }),
        { deadlineMs, mayAct },
      );
    },
  };
}

interface MemorySet {
  readonly limit: number;
  /** Of memory and swap together. */
  readonly both: number;
}

async function limitsOf(docker: Dockerode, id: string): Promise<MemorySet> {
  if (!containerId.safeParse(id).success)
    throw new DockerError("DW_DOCKER_REFUSED", `"${id.slice(0, 80)}" is not a container id`);
  const found = validated(limited, await docker.getContainer(id).inspect(), "inspect");
  checkAnswer(found.Id, id);
  return { limit: found.HostConfig.Memory ?? 0, both: found.HostConfig.MemorySwap ?? 0 };
}

type ListedImage = z.infer<typeof dangling>;

/** A proxy or another engine may ignore the filter and list every image. */
const isDangling = ({ RepoTags }: ListedImage): boolean =>
  (RepoTags ?? []).every((tag) => tag === "<none>:<none>");

function imageFrom({ Id, Created, Size, RepoDigests, Labels }: ListedImage): DanglingImage {
  const named = (RepoDigests ?? []).map((digest) => digest.replace(/@.*$/, ""));
  return {
    id: Id,
    createdMs: Created * 1000,
    bytes: Size,
    repositories: named.filter((name) => name !== "<none>"),
    labels: Labels ?? {},
  };
}

/** The images may be gone, so an answer that cannot be read says that. */
function prunedFrom(answer: unknown): PrunedImages {
  const { success, data } = pruned.safeParse(answer);
  if (success) return { removed: data.ImagesDeleted?.length ?? 0, freedBytes: data.SpaceReclaimed };
  const text = "the engine's answer to prune is not what it should be";
  throw new DockerError("DW_DOCKER_PROTOCOL", text, { maybeApplied: true });
}
