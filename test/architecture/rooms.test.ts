/** How the rooms of the program hang together. Who may import what: ../architecture.test.ts. */
import { describe, expect, it } from "vitest";
import { arrowsOf, isUpward, roomOf, rooms } from "./arrows.ts";
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
    expect(arrows.length).toBeLessThanOrEqual(68);
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
