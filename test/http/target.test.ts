import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { targetProblem } from "../../src/http/target.ts";

describe("the target of a request (FR-L3)", () => {
  it.each([
    "/",
    "/metrics",
    "/api/v1/incidents?after=12",
    "/a%20b?x=%C3%A4",
    "/a//b",
    "http://host/x",
  ])("%s can be looked up", (target) => expect(targetProblem(target)).toBeUndefined());

  it.each([
    "",
    "*",
    "//",
    "//evil",
    "metrics",
    "http://host//",
    "/%",
    "/%zz",
    "/%ff",
    "/%00",
    "/x?after=1:a%00b",
    "/x?a=%0d%0a",
    "/x?a=%7f",
    "/x?a=%C2%85",
    "/\u00e4",
    "/a b",
    "/a\tb",
  ])("%j names nothing", (target) => expect(targetProblem(target)).toMatch(/^the request /));

  test.prop([fc.string({ unit: "binary", maxLength: 200 })])(
    "is judged, whatever it is",
    (target) => {
      expect(["undefined", "string"]).toContain(typeof targetProblem(`/${target}`));
    },
  );

  test.prop([
    fc.array(fc.string({ unit: "grapheme" }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text))),
  ])("that is encoded as the standard says can be looked up", (parts) => {
    expect(targetProblem(`/a/${parts.map(encodeURIComponent).join("/")}`)).toBeUndefined();
  });
});
