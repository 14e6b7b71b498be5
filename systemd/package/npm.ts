/** The npm package: what package.json names in `files`, and the libraries that it bundles. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Project } from "./project.ts";
import { copyTree, settle } from "./tree.ts";

const packed = z.tuple([z.object({ filename: z.string() })]);
const always = ["package.json", "README.md", "LICENSE"];

/** @returns the path of the tarball in `out` */
export function packNpm(project: Project, out: string): string {
  const stage = mkdtempSync(join(tmpdir(), "driftwarden-npm-"));
  try {
    const bundled = [...project.locked].filter(([, { inBundle }]) => inBundle);
    const parts = project.files.filter((file) => !file.startsWith("!"));
    for (const part of [...always, ...parts, ...bundled.map(([path]) => path)]) {
      copyTree(join(project.root, part), join(stage, part), (file) => file !== "node_modules");
    }
    settle(stage, project.epoch);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", out];
    const answer = execFileSync("npm", args, { cwd: stage, encoding: "utf8", stdio });
    return join(out, packed.parse(JSON.parse(answer))[0].filename);
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
