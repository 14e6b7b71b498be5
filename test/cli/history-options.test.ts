import { describe, expect, it } from "vitest";
import { type HistoryArguments, historyOf } from "../../src/cli/history-options.ts";
import type { OfflineParts } from "../../src/cli/offline-parts.ts";
import { defaultConnection, defaultSourceOptions } from "../../src/source/options.ts";
import { fileWith } from "./files.ts";
import { csv, faulty } from "./importance-files.ts";

const unused = (): never => {
  throw new Error("is not asked for");
};

/** @param templates `versioned_names` of each configured source */
async function history(given: HistoryArguments, templates: readonly (string | undefined)[] = []) {
  const said: string[] = [];
  const parts: OfflineParts = {
    cli: {
      say: (line) => said.push(line),
      print: unused,
      exitWith: unused,
      stopSignal: unused,
    },
    detectors: [],
    remediations: [],
    engineSettings: unused,
    fileSettings: unused,
    whatIf: unused,
    sources: () =>
      templates.map((versionedNames, i) => ({
        ...defaultSourceOptions,
        connection: { ...defaultConnection, url: "postgres://readonly@127.0.0.1/d" },
        name: `source-${i}`,
        ...(versionedNames !== undefined && { versionedNames }),
      })),
  };
  const found = await historyOf(given, parts);
  return { said, sources: found.input.sources };
}

describe("an option that would count for nothing is refused", () => {
  it.each<[HistoryArguments, string]>([
    [{ from: "postgres://h/d", wide: true }, "--wide is given without --csv"],
    [{ from: "postgres://h/d", asRead: true }, "--as-read is given without --csv"],
    [{ from: "postgres://h/d", delimiter: ";" }, "--delimiter is given without --csv"],
    [{ config: "x.yaml", columns: "model=m" }, "--columns is given without --csv or --from"],
    [{ config: "x.yaml", window: "1h" }, "--window is given without --csv or --from"],
    [
      { csv: ["a.csv"], columns: "values=v,features=a" },
      "--columns values=v,features=a names features and values",
    ],
    [
      { csv: ["a.csv"], columns: "feature=f,values=v" },
      "--columns feature=f,values=v names feature and values",
    ],
    [
      { csv: ["a.csv"], columns: "model=a+,feature=f" },
      "--columns model=a+,feature=f: model=a+ names no column",
    ],
    [
      { csv: ["a.csv"], columns: "features=a+a" },
      "--columns features=a+a names the column a twice",
    ],
    [
      { csv: ["a.csv"], wide: true, columns: "values=v" },
      "--wide and --columns values=… are given",
    ],
    [{ csv: ["a.csv"], window: "soon" }, "--window soon is no duration"],
    [{ csv: ["a.csv"], table: "t" }, "--table is given without --from"],
    [
      { csv: ["a.csv"], wide: true, columns: "feature=name" },
      "--wide and --columns feature=… are given",
    ],
    [
      { csv: ["a.csv"], wide: true, columns: "model=m,importance=v" },
      "--wide and --columns importance=… are given",
    ],
  ])("%j", async (given, message) => {
    await expect(history(given)).rejects.toMatchObject({ code: "DW_CLI_USAGE", message });
  });

  it("and a wide file may still name its columns of time and model", async () => {
    const given = { csv: ["a.csv"], wide: true, columns: "timestamp=at,model=m" };
    expect((await history(given)).sources).toHaveLength(1);
  });
});

async function modelsWith(templates: readonly (string | undefined)[], configured = "{a: {}}") {
  const lines = faulty.map((line, i) => line.replace("churn", i % 2 === 0 ? "a-v1" : "a-v2"));
  const config = fileWith(
    "dw.yaml",
    `store: {url: 'postgres://dw@127.0.0.1/dw'}\nsources: ${configured}\n`,
  );
  const given = { csv: [fileWith("rows.csv", csv(lines))], config };
  const { said, sources } = await history(given, templates);
  const models = new Set<string>();
  for (const source of sources) await source.read((_, model) => models.add(model));
  return { said, models: [...models] };
}

describe("files that are read with a configuration", () => {
  it("hold versions of models as all its sources do", async () => {
    const { said, models } = await modelsWith(["{name}-v{version}", "{name}-v{version}"]);
    expect(models).toEqual(["///a"]);
    expect(said).toEqual([]);
  });

  it("hold models as they are named where its sources differ, which is said", async () => {
    const { said, models } = await modelsWith(["{name}-v{version}", undefined]);
    expect(models).toEqual(["///a-v1", "///a-v2"]);
    expect(said).toEqual([
      "the sources of the configuration differ in versioned_names, so each name in the files is a model of its own",
    ]);
  });

  it("are read with the default of what its sources differ in, which is said", async () => {
    const differing =
      "{a: {transform: share, ignore: [x, y]}, b: {ignore: [y, x], assembly_window: 5s}}";
    expect((await modelsWith([], differing)).said).toEqual([
      "the sources of the configuration differ in assembly_window and transform, so these rows go by the default",
    ]);
  });
});
