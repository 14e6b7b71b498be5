/** A disk of its own for the store, small enough to be filled: a tmpfs, where this user may mount one. */
import { execFile } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export interface SmallDisk {
  readonly folder: string;
  /** Writes until the disk is full. */
  fill(): Promise<void>;
  free(): Promise<void>;
  unmount(): Promise<void>;
}

const run = promisify(execFile);
const megabytes = 400;

/** @returns undefined where none can be mounted */
export async function mountSmallDisk(folder: string): Promise<SmallDisk | undefined> {
  await mkdir(folder);
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  } catch {
    return undefined;
  }
  const ballast = join(folder, "ballast");
  return {
    folder,
    fill: async () => {
      const file = await open(ballast, "w");
      try {
        await writeUntilFull((bytes) => file.write(Buffer.alloc(bytes)));
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast),
    unmount: async () => void (await run("umount", [folder])),
  };
}

/** Writes ever smaller pieces, so that no page is left. */
async function writeUntilFull(
  write: (bytes: number) => Promise<{ readonly bytesWritten: number }>,
): Promise<void> {
  for (let bytes = 1_048_576; bytes >= 4096; ) {
    const written = await write(bytes).catch(() => undefined);
    if (written?.bytesWritten !== bytes) bytes /= 4;
  }
}
