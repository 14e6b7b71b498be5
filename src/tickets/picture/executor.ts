/** The executor of pictures. They have an order key of their own, so that no text waits for a picture. */
import { isUnavailable } from "../../errors.ts";
import type { PictureEffect } from "../../incidents/effect.ts";
import type { IncidentExecutor } from "../../incidents/executor.ts";
import type { Picturing } from "./picturing.ts";

/** @param picturing undefined where there is no tracker, or pictures are not wanted */
export function pictureExecutor(picturing: Picturing | undefined): IncidentExecutor<PictureEffect> {
  return {
    dependency: "tracker",
    orderKey: "picture",
    isUnavailable,
    handlers: {
      "ticket.picture": async ({ episode }, incident, attempt) =>
        picturing === undefined
          ? { events: [], contacted: false }
          : picturing(incident, attempt, episode),
    },
  };
}
