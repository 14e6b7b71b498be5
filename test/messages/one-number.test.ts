/** One fact has one number wherever people read it: title, ticket, comment, picture and its lines of text. */
import { assert, double, property, record } from "fast-check";
import { expect, it } from "vitest";
import type { BlamedFeature } from "../../src/detection/event.ts";
import { incidentText } from "../../src/messages/incident-text.ts";
import type { Message } from "../../src/messages/message.ts";
import { renderAgain } from "../../src/messages/note-text.ts";
import { pictureOf, pictureSubjects } from "../../src/messages/picture/picture.ts";
import { pictureSvg } from "../../src/messages/picture/picture-svg.ts";
import { sparklines } from "../../src/messages/picture/sparkline.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { exampleFeature, exampleIncident } from "../tickets/example-incident.ts";

/** Figures as they are written, with their unit. */
const figuresIn = (text: string): readonly string[] =>
  [...text.matchAll(/<?[\d.,]+ %/g)].map(([figure]) => figure);

/** The figures of the table, where each is told in full: the band as `23 to 39 %`. */
function tableOf(message: Message): string {
  const text = plainText(message);
  const table = text.slice(text.indexOf("▸ What changed"));
  return table.slice(0, table.indexOf("\n\n"));
}

const part = double({ min: 0.0005, max: 0.95, noNaN: true });
const moved = record({ before: part, after: part, low: part, high: part })
  // Of what neither fell nor rose a title has no figures.
  .filter(({ before, after }) => Math.abs(before - after) > 0.0001)
  .map(
    ({ before, after, low, high }): BlamedFeature =>
      exampleFeature({
        before,
        after,
        low: Math.min(low, high),
        high: Math.max(low, high) + 0.001,
      }),
  );

/** What was drawn of the feature, as text. */
function drawn(feature: BlamedFeature): string {
  const incident = exampleIncident({ features: [feature] });
  const { at } = incident.episode;
  const values = [{ at, value: feature.after ?? 0, low: feature.low, high: feature.high }];
  const past = { values: new Map([[feature.feature, values]]), changes: [] };
  const subjects = pictureSubjects(incident);
  const picture = pictureOf(
    incident,
    subjects,
    new Map(subjects.map(({ model }) => [model, past])),
  );
  if (picture === undefined) throw new Error("something was observed");
  const [panel] = picture.panels;
  const title = [...pictureSvg(picture).matchAll(/>([^<>]*→[^<>]*)</g)].map(([, text]) => text);
  return [panel?.figures, ...title, ...sparklines(picture)].join("\n").replaceAll("&lt;", "<");
}

it("one fact has one number in title, summary, table, comment, picture and lines of text", () => {
  assert(
    property(moved, (feature) => {
      const incident = exampleIncident({ features: [feature] });
      const { title, message } = incidentText(incident, {});
      const known = new Set(figuresIn(tableOf(message)));
      expect(known.size).toBeGreaterThan(0);
      const summary = /^Summary: [\s\S]*?\nImpact: /m.exec(plainText(message))?.[0] ?? "";
      const comment = plainText([renderAgain(incident.episode, "Again")]);
      for (const said of [title, summary, comment, drawn(feature)]) {
        expect(figuresIn(said).length).toBeGreaterThan(0);
        for (const figure of figuresIn(said)) expect(known).toContain(figure);
      }
    }),
    { numRuns: 40, seed: 16 },
  );
});
