/** debian/copyright: the program's licence, and that of each library as its package.json states it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { shippedModules } from "./modules.ts";
import type { Project } from "./project.ts";

const stated = z.looseObject({
  name: z.string(),
  license: z.unknown().optional(),
  author: z.unknown().optional(),
});

const people = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);

/** Licences in files package.json that are not written as an identifier of SPDX. */
const identifiers: Readonly<Record<string, string>> = {
  "SEE LICENSE IN README.md AND LICENSE": "Bitstream-Vera",
};

/** @returns the file in Debian's machine-readable format 1.0 */
export function copyrightFile(project: Project): string {
  const modules = shippedModules(project).map((path) => paragraph(project, path));
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: Driftwarden",
    "",
    "Files: *",
    "Copyright: The authors of Driftwarden",
    "License: Apache-2.0",
    " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.",
    "",
    ...modules,
  ].join("\n");
}

function paragraph({ root, name: program }: Project, path: string): string {
  const file = readFileSync(join(root, path, "package.json"), "utf8");
  const { name, license, author } = stated.parse(JSON.parse(file));
  const by = people.safeParse(author);
  const said = typeof license === "string" ? license : "unknown";
  return [
    `Files: usr/lib/${program}/${path}/*`,
    `Copyright: ${by.success ? by.data : `The authors of ${name}`}`,
    `License: ${(identifiers[said] ?? said).replaceAll(/[()]/g, "").replaceAll(" OR ", " or ").replaceAll(" AND ", " and ")}`,
    ` As ${name} states. Its own text, where it has one, is in /usr/lib/${program}/${path}/.`,
    "",
  ].join("\n");
}
