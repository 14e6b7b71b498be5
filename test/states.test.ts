import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { partitionTransitions } from "../src/stream/kafka/partition-state.ts";
import { child, children, nodesOf, type Syntax, sources, textOf } from "./architecture/syntax.ts";

const page = readFileSync("docs/explanation/states.md", "utf8");

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
}

interface Diagram {
  /** `RunStatus`, or `RunSummary.outcome` for a field. */
  readonly type: string;
  readonly file: string;
  readonly arrows: readonly Arrow[];
}

/** A line names the type and its file; the next diagram draws it. */
const drawn = /^`([\w.]+)` in `([\w./-]+\.ts)`[^`]*```mermaid\nstateDiagram-v2\n([^`]*)```/gms;
const arrow = /^ {4}(\S+) --> (\S+?)(?:: (.+))?$/;

function diagramsIn(markdown: string): readonly Diagram[] {
  return [...markdown.matchAll(drawn)].map(([, type = "", file = "", body = ""]) => ({
    type,
    file,
    arrows: body.trimEnd().split("\n").map(arrowIn),
  }));
}

function arrowIn(line: string): Arrow {
  const [, from, to, cause = ""] = arrow.exec(line) ?? [];
  if (from === undefined || to === undefined) throw new Error(`no arrow: ${line}`);
  return { from, to, cause };
}

const edge = "[*]";
const statesIn = ({ arrows }: Diagram): ReadonlySet<string> =>
  new Set(arrows.flatMap(({ from, to }) => [from, to]).filter((state) => state !== edge));

/** The strings of a union that is written out, or listed in a constant of the same file. */
function unionIn(file: string, name: string): ReadonlySet<string> {
  const nodes = nodesOf(file, sources.get(file) ?? "").map((path) => path.at(-1));
  const [type, field] = name.split(".");
  const declared = nodes.find(
    (node) =>
      /^TS(TypeAlias|Interface)Decl/.test(node?.type ?? "") && textOf(child(node, "id")) === type,
  );
  const member = children(child(declared, "body"), "body").find(
    (node) => textOf(child(node, "key")) === field,
  );
  const written = child(
    field === undefined ? declared : child(member, "typeAnnotation"),
    "typeAnnotation",
  );
  const listed = textOf(child(typeQueried(written), "exprName"));
  const constant = nodes.find(
    (node) => node?.type === "VariableDeclarator" && textOf(child(node, "id")) === listed,
  );
  const list = child(child(constant, "init"), "expression");
  return new Set(
    [
      ...children(written, "types").map((node) => child(node, "literal")),
      ...children(list, "elements"),
    ].flatMap((node) => textOf(node) ?? []),
  );
}

/** `list` of `(typeof list)[number]`. */
function typeQueried(type: Syntax | undefined): Syntax | undefined {
  const object = child(type, "objectType");
  return object?.type === "TSParenthesizedType" ? child(object, "typeAnnotation") : object;
}

const diagrams = diagramsIn(page);

describe("the page of states", () => {
  it("draws incident, run, outcome of a run, effect and partition", () => {
    expect(diagrams.map(({ type }) => type)).toEqual([
      "IncidentState",
      "RunStatus",
      "RunSummary.outcome",
      "EffectStatus",
      "PartitionState",
    ]);
  });

  it.each(diagrams)("shows exactly the states of $type", (diagram) => {
    expect(statesIn(diagram)).toEqual(unionIn(diagram.file, diagram.type));
  });

  it.each(diagrams)("names the cause of every arrow of $type", ({ arrows }) => {
    const mute = arrows.filter(({ to, cause }) => cause === "" && to !== edge);
    expect(mute).toEqual([]);
    expect(new Set(arrows.map(({ from, to }) => `${from} ${to}`)).size).toBe(arrows.length);
  });

  it.each(diagrams)("leads from the beginning to every state of $type", (diagram) => {
    const reached = new Set<string>([edge]);
    for (const from of reached) {
      for (const next of diagram.arrows) if (next.from === from) reached.add(next.to);
    }
    expect(reached).toEqual(new Set([edge, ...statesIn(diagram)]));
  });

  it("shows exactly the transitions that a partition may take", () => {
    const shown = diagrams
      .find(({ type }) => type === "PartitionState")
      ?.arrows.filter(({ from, to }) => from !== edge && to !== edge)
      .map(({ from, to }) => `${from} ${to}`);
    const allowed = Object.entries(partitionTransitions).flatMap(([from, next]) =>
      next.map((to) => `${from} ${to}`),
    );
    expect(new Set(shown)).toEqual(new Set(allowed));
  });

  it("would see a state that is missing from the page, or from the code", () => {
    const [incident] = diagramsIn(page.replaceAll("resolved", "over"));
    expect(incident && statesIn(incident)).not.toEqual(
      unionIn("src/incidents/incident.ts", "IncidentState"),
    );
    expect(unionIn("src/incidents/incident.ts", "NoSuchState").size).toBe(0);
  });
});
