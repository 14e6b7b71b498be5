/**
 * `npm run package [-- --json]`: makes the packages of the built program in dist/package/. The same sources give the same
 * bytes.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { buildDeb } from "./deb.ts";
import { packNpm } from "./npm.ts";
import { readProject } from "./project.ts";
import { writeSbom } from "./sbom.ts";
import { writeTo } from "./tree.ts";

// Files that npm and dpkg-deb make themselves would get the modes of who packs.
process.umask(0o022);
const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const root = join(import.meta.dirname, "../..");
const project = readProject(root, process.env["SOURCE_DATE_EPOCH"]);
const out = join(root, "dist/package");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const files = {
  deb: buildDeb(project, out),
  npm: packNpm(project, out),
  sbom: writeSbom(project, out),
};

const sumOf = (path: string): string =>
  createHash("sha256").update(readFileSync(path)).digest("hex");
const sums = Object.entries(files).map(([kind, path]) => ({ kind, path, sum: sumOf(path) }));
// As `sha256sum --check` reads them.
writeTo(
  join(out, "SHA256SUMS"),
  sums.map(({ path, sum }) => `${sum}  ${basename(path)}\n`).join(""),
);

const made = {
  ...Object.fromEntries(sums.map(({ kind, path }) => [kind, relative(root, path)])),
  sha256: Object.fromEntries(sums.map(({ kind, sum }) => [kind, sum])),
};
const lines = values.json
  ? [JSON.stringify(made)]
  : sums.map(({ path, sum }) => `${sum}  ${relative(root, path)}`);
process.stdout.write(`${lines.join("\n")}\n`);
