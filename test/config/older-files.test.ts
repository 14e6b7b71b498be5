import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";

const folder = "test/fixture/7adbaef";

it.each(["every-key", "other-keys"])("%s.yaml of 7adbaef means what it meant then", (name) => {
  const file = join(folder, `${name}.yaml`);
  const config = parseConfig(readFileSync(file, "utf8"), { file, remediations });
  const meant: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  // Keys that came later have their defaults.
  expect(JSON.parse(JSON.stringify(config))).toMatchObject(Object(meant));
});
