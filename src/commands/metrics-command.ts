/** `metrics`: shows the newest values of the model's features, with their normal ranges and ranks. */
import { z } from "zod";
import { changes } from "../messages/episode-text.ts";
import { data, line, paragraph, words } from "../messages/message.ts";
import { displayName } from "../messages/names.ts";
import { readTime } from "../messages/text.ts";
import { nearest } from "../nearest.ts";
import { command, type ModelFigures } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { refused } from "./says.ts";

export const metrics = command({
  words: ["metrics"],
  usage: "[FEATURE]",
  help: "the newest values, what is normal, and the ranks",
  role: "anybody",
  scope: "read",
  needsFigures: true,
  arguments: z.string().max(1000, { error: "the name is longer than 1000 characters" }),
  handle: onIncident((asked, { incident, figures }) => {
    const name = displayName(incident.episode);
    if (figures === undefined)
      return refused(
        "nothing_to_do",
        line`of ${name} no values are stored yet. They are stored once a minute.`,
      );
    const { atMs, features } = figures;
    const wanted = asked === "" ? features : features.filter(({ feature }) => isIt(feature, asked));
    if (wanted.length === 0) return refused("unknown_name", notThere(name, asked, features));
    const when = line`${name} at ${words(readTime(atMs))}, largest first, as stored once a minute:`;
    return { status: "done", says: [paragraph(when), ...changes(wanted)] };
  }),
});

const isIt = (feature: string, asked: string): boolean =>
  feature.trim().toLowerCase() === asked.toLowerCase();

function notThere(name: string, asked: string, features: ModelFigures["features"]) {
  const meant = nearest(
    asked,
    features.map(({ feature }) => feature),
  );
  const known =
    meant === undefined
      ? line`It has ${words(String(features.length))} features, the largest is ${data(features[0]?.feature ?? "")}.`
      : line`Did you mean ${data(meant)}?`;
  return line`no feature of ${name} is called ${data(asked)}. ${known}`;
}
