/** What the packages are made from: the project's folder, its name and version, the time of its newest commit. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  files: z.array(z.string()),
});

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().default(false),
      devOptional: z.boolean().default(false),
      inBundle: z.boolean().default(false),
    }),
  ),
});

export type LockedPackage = z.infer<typeof lockfile>["packages"][string];

export interface Project extends z.infer<typeof manifest> {
  /** Absolute path of the folder with package.json. */
  readonly root: string;
  /** Path below `root`, such as `node_modules/pg`, to what package-lock.json says of it. */
  readonly locked: ReadonlyMap<string, LockedPackage>;
  /** Seconds since 1970: `SOURCE_DATE_EPOCH` where it is set, otherwise the time of the newest commit. */
  readonly epoch: number;
}

/** @throws Error where neither git nor SOURCE_DATE_EPOCH gives a time */
export function readProject(root: string, given: string | undefined): Project {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), "utf8"));
  return {
    ...manifest.parse(read("package.json")),
    root,
    locked: new Map(Object.entries(lockfile.parse(read("package-lock.json")).packages)),
    epoch: given === undefined ? timeOfCommit(root) : seconds(given),
  };
}

function timeOfCommit(root: string): number {
  try {
    const args = ["-C", root, "log", "-1", "--format=%ct"];
    return seconds(
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
    );
  } catch (error) {
    throw new Error(
      "git does not say when the newest commit was made: set SOURCE_DATE_EPOCH to the seconds since 1970",
      { cause: error },
    );
  }
}

function seconds(text: string): number {
  if (/^\d+\n?$/.test(text)) return Number(text);
  throw new Error(`SOURCE_DATE_EPOCH is ${text}: set it to whole seconds since 1970`);
}
