import { expect, it } from "vitest";
import { readYaml } from "../../src/config/yaml-source.ts";

it.each(["x: &a [*a]", "x: &a { y: { z: *a } }"])(
  "a configuration that contains itself is wrong, and no defect (FR-C1): %s",
  (text) => {
    expect(readYaml(text).problems).toMatchObject([
      { message: "an alias (*) stands inside what its anchor (&) names" },
    ]);
  },
);
