/** What `npm ci` and an installation of the packed program bring with them. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";

const dependencies = z.record(z.string(), z.string()).default({});

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        /** Of what is installed there; left out where it is the name of the folder. */
        name: z.string().optional(),
        dependencies,
        hasInstallScript: z.boolean().default(false),
        inBundle: z.boolean().default(false),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync("package-lock.json", "utf8")));

const program = z
  .object({
    allowScripts: z.record(z.string(), z.boolean()),
    bundleDependencies: z.array(z.string()),
  })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));

const folderOf = (name: string): string => `node_modules/${name}`;
const nameOf = (folder: string): string => folder.replace(/^.*node_modules\//, "");

it("installs an empty package for everything that dockerode requires and Driftwarden never uses", () => {
  const required = Object.keys(packages[folderOf("dockerode")]?.dependencies ?? {});
  expect(required).toContain("docker-modem");
  for (const name of required) {
    expect(packages[folderOf(name)]).toMatchObject({ name: "@favware/skip-dependency" });
  }
  for (const name of ["ssh2", "cpu-features", "long", "readable-stream"]) {
    expect(packages).not.toHaveProperty([folderOf(name)]);
  }
});

// npm applies overrides only where Driftwarden is the root project; a bundled package brings its own.
it("packs dockerode and the empty packages into the program, so that a global install has them too", () => {
  expect(program.bundleDependencies).toEqual(["dockerode"]);
  const names = ["dockerode", ...Object.keys(packages[folderOf("dockerode")]?.dependencies ?? {})];
  for (const name of names) expect(packages[folderOf(name)]).toMatchObject({ inBundle: true });
});

it("names every package with an install script in package.json, so that npm ci does not warn", () => {
  const withScript = Object.entries(packages).filter(
    ([, { hasInstallScript }]) => hasInstallScript,
  );
  const names = withScript.map(([folder]) => nameOf(folder));
  expect(Object.keys(program.allowScripts).toSorted()).toEqual([...new Set(names)].toSorted());
});
