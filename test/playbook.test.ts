/** What users asked for, row by row: `test/acceptance/playbook.json` names the test that holds each row. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";

const row = z.strictObject({ asks: z.string(), file: z.string(), test: z.string() });
const playbook = z
  .record(z.string().regex(/^[ABCD]\d+$/), row)
  .parse(JSON.parse(readFileSync("test/acceptance/playbook.json", "utf8")));

it.each(Object.entries(playbook))("row %s of the playbook has its test", (_, { file, test }) => {
  expect(readFileSync(file, "utf8")).toContain(JSON.stringify(test));
});
