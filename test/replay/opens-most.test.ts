/** Issue 14, part 7: what opens most, and the override that is proposed where one model makes most of the noise. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { overrideYaml } from "../../src/config/override-yaml.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { opensMost, proposeOverride } from "../../src/replay/opens-most.ts";
import { ticketsBeyond } from "../../src/replay/ticket-difference.ts";
import type { WhatIfTicket } from "../../src/replay/what-if.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";

const keyOf = (model: string): string => `default/production/main/${model}`;
const [blamed] = episodeOpened().features;

function opened(model: string, feature: string, changes: Partial<EpisodeOpened> = {}) {
  return episodeOpened({ model: keyOf(model), features: [{ ...blamed!, feature }], ...changes });
}

const ticket = (...episodes: readonly EpisodeOpened[]): WhatIfTicket => ({
  incident: episodes[0]!.id,
  isReopened: false,
  episodes,
});

const tickets = (count: number, model: string, feature = "age"): readonly WhatIfTicket[] =>
  Array.from({ length: count }, (_, i) => ticket(opened(model, feature, { id: `${model}${i}` })));

describe("what opens most", () => {
  it("models come by their tickets, each with the features that are blamed first", () => {
    const all = [...tickets(1, "b"), ...tickets(2, "a"), ...tickets(1, "a", "income")];
    expect(opensMost(all)).toEqual([
      {
        model: keyOf("a"),
        tickets: 3,
        features: [
          ["age", 2],
          ["income", 1],
        ],
      },
      { model: keyOf("b"), tickets: 1, features: [["age", 1]] },
    ]);
  });

  it("a ticket of which nobody is to blame counts for its model", () => {
    const silent = ticket(episodeOpened({ kind: "silent", features: [] }));
    expect(opensMost([silent])).toMatchObject([{ tickets: 1, features: [] }]);
  });
});

/** A ticket of an importance that fell by such a part. */
const fallenBy = (part: number, n: number) =>
  ticket(
    opened("a", "age", {
      id: `a${n}`,
      features: [{ ...blamed!, feature: "age", before: 0.4, after: 0.4 * (1 - part) }],
    }),
  );

describe("the proposed override", () => {
  const quiet = tickets(1, "b");
  const at = (noisy: Partial<Record<"low" | "normal" | "high", readonly WhatIfTicket[]>>) => ({
    low: [...(noisy.low ?? []), ...quiet],
    normal: [...(noisy.normal ?? []), ...quiet],
    high: [...(noisy.high ?? []), ...quiet],
  });

  it("is a quieter sensitivity where that takes away half of the model's tickets", () => {
    const ticketsAt = at({ normal: tickets(6, "a"), low: tickets(2, "a") });
    expect(proposeOverride({ current: "normal", ticketsAt, models: 2 })).toMatchObject({
      model: keyOf("a"),
      tickets: 6,
      all: 7,
      left: 2,
      override: { source: "main", model: "a", sensitivity: "low" },
    });
  });

  it("is one step quieter where that is enough", () => {
    const ticketsAt = at({ high: tickets(6, "a"), normal: tickets(3, "a"), low: tickets(0, "a") });
    const proposal = proposeOverride({ current: "high", ticketsAt, models: 2 });
    expect(proposal?.override).toMatchObject({ sensitivity: "normal" });
  });

  it("is the least effect that takes away half of them where no sensitivity does", () => {
    const noisy = [0.15, 0.18, 0.25, 0.9, 0.9].map(fallenBy);
    const ticketsAt = at({ normal: noisy, low: noisy });
    expect(proposeOverride({ current: "normal", ticketsAt, models: 2 })).toMatchObject({
      left: 2,
      override: { model: "a", feature: "age", least_effect: { relative: "30 %" } },
    });
  });

  it.each([
    ["one model alone, for which the dial does it", 1, tickets(9, "a")],
    ["three tickets, which are no noise", 2, tickets(3, "a")],
  ])("there is none for %s", (_what, models, normal) => {
    const ticketsAt = at({ normal });
    expect(proposeOverride({ current: "normal", ticketsAt, models })).toBeUndefined();
  });

  it("there is none for what pipeline rules find: no threshold decides that", () => {
    const ruled = Array.from({ length: 6 }, (_, i) =>
      ticket(opened("a", "age", { id: `a${i}`, kind: "bad_values" })),
    );
    const ticketsAt = at({ normal: ruled, low: ruled });
    expect(proposeOverride({ current: "normal", ticketsAt, models: 2 })).toBeUndefined();
  });

  it("there is none for a name that holds *, which would quieten others too", () => {
    const starred = at({ normal: tickets(6, "a*"), low: [] });
    expect(proposeOverride({ current: "normal", ticketsAt: starred, models: 2 })).toBeUndefined();
    const feature = Array.from({ length: 6 }, (_, i) =>
      ticket(
        opened("a", "cpu*", {
          id: `a${i}`,
          features: [{ ...blamed!, feature: "cpu*", before: 0.4, after: 0.39 }],
        }),
      ),
    );
    const ticketsAt = at({ normal: feature, low: feature });
    expect(proposeOverride({ current: "normal", ticketsAt, models: 2 })).toBeUndefined();
  });

  it("there is none that would silence all but a rise to more than double", () => {
    const noisy = [0.7, 0.7, 0.8, 0.9, 0.9].map(fallenBy);
    const ticketsAt = at({ normal: noisy, low: noisy });
    expect(proposeOverride({ current: "normal", ticketsAt, models: 2 })).toBeUndefined();
  });

  it("there is none where no model has more than half of the tickets", () => {
    const ticketsAt = at({ normal: [...tickets(5, "a"), ...tickets(5, "c")] });
    expect(proposeOverride({ current: "normal", ticketsAt, models: 3 })).toBeUndefined();
  });

  it.each([
    { model: "churn: eu", sensitivity: "low" },
    { source: "main", model: "*odd#", feature: "- age", least_effect: { relative: "30 %" } },
  ])("as text of %j is right when it is pasted into a configuration", (override) => {
    const base = "store: {url: postgres://h/d}\nsources: {main: {}}\n";
    const text = `${base}${overrideYaml(override).join("\n")}\n`;
    const { detection } = parseConfig(text, { file: "dw.yaml", remediations });
    expect(detection.overrides).toMatchObject([{ model: [override.model] }]);
  });
});

describe("the tickets that another setting adds or loses", () => {
  const hour = 3_600_000_000;
  const start = episodeOpened().at;
  /** A ticket of an episode that lasts from so many hours until so many hours after the start. */
  function during(model: string, from: number, until: number | undefined) {
    const id = `${model}${from}`;
    const first = opened(model, "age", { id, at: start + from * hour });
    const closed =
      until === undefined ? undefined : episodeClosed({ episode: id, at: start + until * hour });
    return { ticket: ticket(first), episode: { opened: first, closed } };
  }
  const ticketed = (...all: readonly ReturnType<typeof during>[]) => ({
    tickets: all.map((one) => one.ticket),
    episodes: all.map((one) => one.episode),
  });

  it("are those without an episode of the same model at the same time", () => {
    const these = ticketed(during("a", 0, 3), during("a", 10, 12), during("b", 0, 3));
    const those = ticketed(during("a", 1, 4));
    expect(ticketsBeyond(these, those).map(({ incident }) => incident)).toEqual(["a10", "b0"]);
    expect(ticketsBeyond(those, these)).toEqual([]);
  });

  it("an episode that is still open covers all that comes after it", () => {
    const these = ticketed(during("a", 20, 21));
    expect(ticketsBeyond(these, ticketed(during("a", 1, undefined)))).toEqual([]);
  });
});
