/** The bill of materials: every library of the lockfile that is not for development only, as CycloneDX. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Project } from "./project.ts";
import { writeTo } from "./tree.ts";

const bill = z.looseObject({
  serialNumber: z.string(),
  metadata: z.looseObject({ timestamp: z.string() }),
});
const names = z.record(z.string(), z.string());
const manifest = z.looseObject({
  overrides: z.record(z.string(), z.union([z.string(), names])),
});
const lockfile = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ dependencies: names.optional() })),
});

/** @returns the path of the file in `out` */
export function writeSbom(project: Project, out: string): string {
  const { serialNumber: _, metadata, ...listed } = bill.parse(JSON.parse(askNpm(project)));
  const timestamp = new Date(project.epoch * 1000).toISOString();
  const sbom = { ...listed, metadata: { ...metadata, timestamp } };
  // npm makes a random serial number. Here the same content gets the same number.
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(sbom))}`;
  const path = join(out, `${project.name}-${project.version}.cdx.json`);
  writeTo(path, `${JSON.stringify({ ...sbom, serialNumber }, undefined, 2)}\n`);
  return path;
}

function askNpm(project: Project): string {
  const stage = mkdtempSync(join(tmpdir(), "driftwarden-sbom-"));
  // npm takes the name of the program from the name of its folder.
  const folder = join(stage, project.name);
  try {
    writeResolved(project, folder);
    const args = ["sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"];
    const maxBuffer = 64 * 1024 * 1024;
    return execFileSync("npm", args, { cwd: folder, encoding: "utf8", maxBuffer, stdio: "pipe" });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/**
 * Writes manifest and lockfile with the overrides of one package's dependencies carried out. npm 11 calls an override by
 * another package invalid although it fits, and then prints no bill.
 */
function writeResolved({ root }: Project, folder: string): void {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), "utf8"));
  const given = manifest.parse(read("package.json"));
  const lock = lockfile.parse(read("package-lock.json"));
  for (const [name, replaced] of Object.entries(given.overrides)) {
    if (typeof replaced === "string") continue;
    Object.assign(lock.packages[`node_modules/${name}`]?.dependencies ?? {}, replaced);
    delete given.overrides[name];
  }
  writeTo(join(folder, "package.json"), JSON.stringify(given));
  writeTo(join(folder, "package-lock.json"), JSON.stringify(lock));
}

/** A UUID of version 8 (RFC 9562, 5.8), from a hash of the content. */
function uuidOf(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  const parts = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ] as const;
  const [a, b, c, d, e] = parts.map(([from, to]) => hex.slice(from, to));
  return `${a}-${b}-8${c}-a${d}-${e}`;
}
