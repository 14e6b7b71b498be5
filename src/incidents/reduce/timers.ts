/** The aspect of timers: it promises the timer of the quiet time when a member recovers. */
import type { Aspect } from "./aspect.ts";

export const timers: Aspect<never> = {
  name: "timers",
  slice: [],
  take: ({ event, memberBefore, member, moment }) => {
    const recovered = memberBefore?.state === "joined" && member?.state === "recovered";
    if (event.type !== "episode_closed" || !recovered) return undefined;
    return {
      effects: [
        {
          effect: { kind: "incident.settle", episode: event.episode },
          dueInMs: moment.settings.resolveAfterMs,
          timer: true,
        },
      ],
    };
  },
};
