/**
 * `npm run package [-- [--json] [--quick] [--out FOLDER]]`: makes the packages of the built program, in dist/package/
 * unless told otherwise. The same sources give the same bytes. What was in the folder is removed. `--quick`, for tests,
 * compresses the Debian package less.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildDeb, quickCompression } from "./deb.ts";
import { packNpm } from "./npm.ts";
import { readProject } from "./project.ts";
import { writeSbom } from "./sbom.ts";
import { writeTo } from "./tree.ts";

// Without this, the modes of files that npm and dpkg-deb create would depend on the user's umask.
process.umask(0o022);
const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    out: { type: "string", default: join(root, "dist/package") },
  },
});
const project = readProject(root, process.env["SOURCE_DATE_EPOCH"]);
const out = resolve(values.out);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const files = {
  deb: buildDeb(project, out, values.quick ? quickCompression : undefined),
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
