import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { nodesOf, sources, textOf } from "./architecture/syntax.ts";

function filesIn(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
}

const read = (file: string): string => readFileSync(file, "utf8");

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ +(.+)$/gm)].map(([, heading = ""]) => anchor(heading));
}

/** Links of a page that lead nowhere inside the repository. */
function deadLinks(page: string, markdown: string): readonly string[] {
  const links = [...markdown.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(
    ([, link = ""]) => link,
  );
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = "", hash] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(target)) return true;
    return hash !== undefined && !anchorsOf(read(target)).includes(hash);
  });
}

const top = "(?:src|detectors|remediations|systemd|test|bench|docs|\\.ci)";
/** Paths of the repository that a page names: `src/app.ts`, `src/store/`. Patterns with a * or a … are none. */
function pathsIn(markdown: string): readonly string[] {
  const named = new RegExp(`(?<![\\w./-])${top}/[\\w./-]*(?![\\w*…<{/-])`, "g");
  return [...markdown.matchAll(named)].map(([path]) => path.replace(/\.$/, ""));
}

const pages = ["README.md", "CHANGELOG.md", ...filesIn("docs", /\.md$/)].filter(existsSync);
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));

describe("the documents", () => {
  it.each(pages)("%s has no dead link", (page) => {
    expect(deadLinks(page, read(page))).toEqual([]);
  });

  it.each(pages)("%s names only paths that exist", (page) => {
    expect(pathsIn(read(page)).filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(pages)("%s names only npm scripts that exist", (page) => {
    const named = [...read(page).matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => name !== undefined && scripts[name] === undefined)).toEqual([]);
  });

  it.each(["README.md", "docs/ARCHITECTURE.md"])("%s names every folder of src", (page) => {
    const folders = readdirSync("src", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}/`);
    expect(folders.filter((folder) => !read(page).includes(`\`${folder}`))).toEqual([]);
  });

  it("would see a dead link, a dead anchor and a path that is gone", () => {
    const page =
      "[a](docs/none.md) [b](#none) [c](#it-works) `src/none.ts` `src/errors.ts`\n# It works";
    expect(deadLinks("README.md", page)).toContain("docs/none.md");
    expect(deadLinks("README.md", page)).toContain("#none");
    expect(pathsIn(page)).toEqual(["docs/none.md", "src/none.ts", "src/errors.ts"]);
  });
});

/** Where the repository would cite a page that is not in it. */
const foreignPage = /\b(DESIGN|HOUSE|STYLE)(\.md| §)/;

describe("what is cited", () => {
  const own = [
    ...pages,
    ...["src", "detectors", "remediations", "test", "bench"].flatMap((folder) =>
      filesIn(folder, /\.(ts|mjs|py|c)$/),
    ),
    ...filesIn("systemd", /./),
    ".ci/run",
  ].filter((file) => file !== "test/documents.test.ts");

  it("is in the repository: no file cites the design, which is not", () => {
    expect(own.filter((file) => foreignPage.test(read(file)))).toEqual([]);
  });

  it("would be seen", () => {
    expect(foreignPage.test("as promised (DESIGN §9)")).toBe(true);
  });
});

const changelogForm = /^- \[(CHANGE|FEATURE|ENHANCEMENT|BUGFIX)\] [a-z]+: ./;
const fragments = filesIn("docs/changelog.d", /\.md$/).filter(
  (file) => !file.endsWith("README.md"),
);

/** First words of the commands that a text names in code. */
function commandsNamedIn(text: string): readonly string[] {
  return [...text.matchAll(/`driftwarden ([a-z]+)/g)].map(([, command = ""]) => command);
}

describe("a command that is named", () => {
  const commands = filesIn("src/cli", /\.ts$/)
    .flatMap((file) => [...read(file).matchAll(/\.command\(["`]([a-z]+)/g)])
    .map(([, command = ""]) => command);
  const words = filesIn("src/operator", /\.ts$/)
    .flatMap((file) => [...read(file).matchAll(/words: ["`]([a-z]+)/g)])
    .map(([, command = ""]) => command);

  it("is there to be run, in every page and every message", () => {
    const known = new Set([...commands, ...words, "help"]);
    const all = [...pages, ...filesIn("src", /\.ts$/)].flatMap((file) =>
      commandsNamedIn(read(file)),
    );
    expect(all.filter((command) => !known.has(command))).toEqual([]);
  });

  it("would be seen", () => {
    expect(commandsNamedIn("run `driftwarden doctor` or `driftwarden check`")).toEqual([
      "doctor",
      "check",
    ]);
    expect(commands).toContain("check");
    expect(words).toContain("restored");
  });
});

describe("the change log", () => {
  it("has lines of one form only", () => {
    const lines = read("CHANGELOG.md")
      .split("\n")
      .filter((line) => line.startsWith("- "));
    expect(lines.filter((line) => !changelogForm.test(line))).toEqual([]);
    expect(lines).not.toEqual([]);
  });

  it("has fragments that a release can move into it: one change a line, nothing else", () => {
    const lines = fragments.flatMap((file) => read(file).trimEnd().split("\n"));
    expect(lines.filter((line) => !changelogForm.test(line))).toEqual([]);
  });
});

/** Codes in the strings of a file, also in pieces: `DW_STORE_${what}` gives `DW_STORE_`, which nobody declares. */
function codesIn(file: string, source: string): readonly string[] {
  const strings = nodesOf(file, source).flatMap((path) => {
    const [around, node] = path.slice(-2);
    if (node?.type === "Literal") return textOf(node) ?? [];
    const written = node?.type === "TemplateElement" && around?.type !== "TSTemplateLiteralType";
    return written ? JSON.stringify(node["value"]) : [];
  });
  return [...new Set(strings.flatMap((text) => text.match(/DW_[A-Z0-9_]*/g) ?? []))];
}

const isDeclaring = (file: string): boolean => /\/([a-z]+-)?errors\.ts$/.test(file);
const used = [...sources]
  .flatMap(([file, source]) => codesIn(file, source).map((name) => ({ file, name })))
  // Where its codes are declared, a room may take its prefix off.
  .filter(({ file, name }) => !(isDeclaring(file) && name.endsWith("_")));
const declared = used.filter(({ file }) => isDeclaring(file)).map(({ name }) => name);

describe("error codes", () => {
  it("are declared in one room each", () => {
    expect(declared.filter((name, index) => declared.indexOf(name) !== index)).toEqual([]);
  });

  it("are all declared beside the room that throws them", () => {
    expect(used.filter(({ name }) => !declared.includes(name))).toEqual([]);
  });

  const sections = read("docs/reference/errors.md").split("\n### ").slice(1);
  const described = sections.map((section) => section.split("\n")[0] ?? "");

  it("have each a section in the reference, and no section is of a code that is gone", () => {
    expect(declared.filter((name) => !described.includes(name))).toEqual([]);
    expect(described.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it("have each a cause and a next step", () => {
    const whole = /^DW_[A-Z0-9_]+\n\n[A-Z`][^\n]{10,}\n\nNext: \S[^\n]+/;
    expect(sections.filter((section) => !whole.test(section))).toEqual([]);
  });

  it.each([
    "throw new StoreError(`DW_STORE_LOST`, text);",
    "throw new StoreError(`DW_STORE_${what}`, text);",
    'throw new StoreError("DW_STORE_" + what, text);',
    'type Lost = "DW_STORE_LOST";',
  ])("would be seen in %s", (planted) => {
    const [name = "", ...more] = codesIn("src/store/store.ts", planted);
    expect(more).toEqual([]);
    expect(name).toMatch(/^DW_STORE_/);
    expect(declared).not.toContain(name);
  });
});
