/** The sections of a storm's ticket after its summary: models and targets, what to do, and when the storm is over. */
import type { Episode } from "../incidents/episode.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import {
  data,
  heading,
  line,
  type Message,
  type MessageSection,
  paragraph,
  words,
} from "./message.ts";

/** @returns no sections for an episode that is no storm */
export function stormSections(episode: Episode): Message {
  if (isModelEpisode(episode) || episode.storm === undefined) return [];
  const { models, modelCount, targets, targetCount, endsAt } = episode.storm;
  return [
    [
      heading("What to do"),
      {
        kind: "list",
        items: [
          words("Look for what they have in common: a deploy, a host, a network, a source"),
          words("Mend that. Each of them has an incident of its own, with what changed"),
          line`To let fixes run all the same, raise ${words("healing.storm")} in the configuration`,
        ],
      },
      paragraph(
        words(
          `It closes by itself once at most ${atMost(endsAt.models, "model is", "models are")} anomalous and at most ${atMost(endsAt.targets, "target was", "targets were")} asked for within 15 minutes.`,
        ),
      ),
    ],
    ...listed("Models that were anomalous when it began", models, modelCount),
    ...listed("Targets that fixes were to act on", targets, targetCount),
  ];
}

const atMost = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`;

function listed(title: string, names: readonly string[], count: number): readonly MessageSection[] {
  if (names.length === 0) return [];
  const more = count > names.length ? [words(`and ${count - names.length} more`)] : [];
  return [
    [heading(title), { kind: "list", items: [...names.map((name) => data(name, 120)), ...more] }],
  ];
}
