import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { filledForAll, filledLink, unknownVariables } from "../src/link-template.ts";

const values = {
  model: "churn v7/eu",
  feature: "credit&score",
  from: "1795721220000",
  kind: "shift",
  source: "main",
  environment: "production",
  tenant: "default",
};

describe("a link with variables", () => {
  it("is filled in, with or without spaces, and escaped", () => {
    const template = "https://g.example/d/{{model}}?f={{ feature }}&from={{from}}#{{kind}}";
    expect(filledLink(template, values)).toBe(
      "https://g.example/d/churn%20v7%2Feu?f=credit%26score&from=1795721220000#shift",
    );
  });

  test.prop([fc.string({ unit: "binary", maxLength: 400 })])(
    "stays one address with the same parameters, whatever a name holds",
    (name) => {
      const url = filledLink("https://g.example/d?m={{model}}&k={{kind}}", {
        ...values,
        model: name,
      });
      expect(url).not.toMatch(/[\s"'<>()[\]{}|\\]/);
      expect([...new URL(url).searchParams.keys()]).toEqual(["m", "k"]);
    },
  );

  it("names each model of a shared incident in a parameter, and one in a path", () => {
    const template = "https://g.example/d/{{model}}?var-model={{ model }}&from={{from}}#x";
    expect(filledForAll(template, { ...values, model: "a" }, ["a", "b&{{from}}"])).toBe(
      "https://g.example/d/a?var-model=a&var-model=b%26%7B%7Bfrom%7D%7D&from=1795721220000#x",
    );
    expect(filledForAll(template, values, [values.model])).toBe(filledLink(template, values));
    const rest = (url: string): string => filledForAll(url, values, []);
    expect(rest("https://g.example/?m={{model}}&k={{kind}}")).toBe("https://g.example/?k=shift");
    expect(rest("https://g.example/?k={{kind}}&m={{model}}#x")).toBe(
      "https://g.example/?k=shift#x",
    );
    expect(rest("https://g.example/d?m={{model}}")).toBe("https://g.example/d");
  });

  it("names what is no variable", () => {
    expect(unknownVariables("https://g.example/{{modle}}/{{kind}}")).toEqual(["modle"]);
    expect(unknownVariables("https://g.example/{{}}")).toEqual([""]);
  });
});
