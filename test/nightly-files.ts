/** The test files of which a change tries only some cases: those that ask test/programs/nightly.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("../", import.meta.url).pathname;
const asking = /from "[./]+programs\/nightly\.ts"/;

const testsIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(folder, name));
const isAsking = (path: string): boolean => asking.test(readFileSync(join(root, path), "utf8"));

/** @returns their paths below the project's folder, in order */
export function filesTriedInPart(): readonly string[] {
  return ["test/acceptance", "test/integration"].flatMap(testsIn).filter(isAsking).toSorted();
}
