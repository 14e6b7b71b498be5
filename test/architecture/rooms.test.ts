/** How the rooms of the program hang together. Who may import what: ../architecture.test.ts. */
import { describe, expect, it } from "vitest";
import { arrowsOf, isUpward, roomOf, rooms } from "./arrows.ts";
import { moduleOf } from "./module.ts";
import { namesTwice } from "./names.ts";
import { sources } from "./syntax.ts";

describe("names of types", () => {
  it("are declared once, if they are exported", () => {
    expect(namesTwice(sources)).toEqual([]);
  });

  it.each(["type Health = 1;", "interface Health {}", "class Health {}"])(
    "would see a second %s",
    (planted) => {
      const twice = ["Health: src/a/a.ts, src/b/b.ts"];
      const first = ["src/a/a.ts", "export interface Health {}"] as const;
      expect(namesTwice(new Map([first, ["src/b/b.ts", planted]]))).toEqual(twice);
      expect(namesTwice(new Map([first, ["src/b/b.ts", `export ${planted}`]]))).toEqual(twice);
    },
  );
});

describe("arrows between rooms", () => {
  const arrows = arrowsOf(sources);
  const upward = arrows.filter(isUpward).map(({ from, to }) => `${from} → ${to}`);

  it("lead between rooms whose order is known", () => {
    expect(
      [...sources.keys()]
        .map((file) => roomOf(file) ?? "app")
        .filter((room) => !rooms.includes(room)),
    ).toEqual([]);
  });

  it("become no more", () => {
    expect(arrows.length).toBeLessThanOrEqual(74);
  });

  it("lead down, but for two", () => {
    expect({ upward, tooMany: upward.length > 2 }).toEqual({ upward, tooMany: false });
  });

  it("would be seen", () => {
    const planted = new Map([
      ["src/store/a.ts", 'import type { B } from "../app/b.ts";'],
      ["src/store/c.ts", 'type B = import("../../detectors/b.ts").B;'],
      ["src/store/d.ts", 'import { e } from "../errors.ts"; import { f } from "./f.ts";'],
    ]);
    const found = arrowsOf(planted);
    expect(found.map(({ to }) => to)).toEqual(["app", "detectors"]);
    expect(found.map(isUpward)).toEqual([true, false]);
  });
});

describe("folders of detection", () => {
  /** Lowest first. The files that stand directly in `src/detection/` join all of them. */
  const folders = ["attribution", "baseline", "episode", "partition"];
  const folderOf = (file: string): number =>
    folders.indexOf(/^src\/detection\/([a-z]+)\//.exec(file)?.[1] ?? "");
  const upward = (files: ReadonlyMap<string, string>): readonly string[] =>
    [...files].flatMap(([file, source]) =>
      moduleOf(file, source)
        .imports.filter((name) => folderOf(file) >= 0 && folderOf(name) > folderOf(file))
        .map((name) => `${file} → ${name}`),
    );

  it("know only those below them", () => {
    expect(upward(sources)).toEqual([]);
    expect(folders.map((_, n) => [...sources.keys()].some((file) => folderOf(file) === n))).toEqual(
      folders.map(() => true),
    );
  });

  it("would be seen to know one above", () => {
    const planted = 'import { judge } from "../episode/rules.ts";';
    expect(upward(new Map([["src/detection/baseline/noise.ts", planted]]))).toHaveLength(1);
  });
});
