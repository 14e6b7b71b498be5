/** A made-up channel, as docs/how-to/add-a-channel.md says: a wall on which new incidents are written. */
import { DriftwardenError, isUnavailable } from "../../src/errors.ts";
import type { IncidentExecutor } from "../../src/incidents/executor.ts";
import { incidentText } from "../../src/messages/incident-text.ts";
import type { HelpLinks } from "../../src/messages/opening-block.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { writePermitted } from "../../src/permit.ts";

/** Say that the incident is new. */
export interface WallEffect {
  readonly kind: "wall.opened";
}

class WallError extends DriftwardenError {
  override get unavailable(): boolean {
    return true;
  }
}

/** The other side: what a real channel reaches over the network. */
export class Wall {
  /** By the id of the effect. */
  readonly texts = new Map<string, string>();
  up = true;

  reach(): void {
    const options = { hint: "Put it up again.", retryable: true };
    if (!this.up) throw new WallError("DW_WALL_AWAY", "the wall is away", options);
  }
}

export function wallExecutor(wall: Wall, links: HelpLinks): IncidentExecutor<WallEffect> {
  return {
    dependency: "channel:wall",
    orderKey: "wall",
    isUnavailable,
    handlers: {
      "wall.opened": async (_effect, incident, attempt) => {
        wall.reach();
        if (attempt.unknown && wall.texts.has(attempt.id)) return [];
        const { title, message } = incidentText(incident, links);
        const text = `${title}\n\n${plainText(message)}`;
        await writePermitted(attempt, () => wall.texts.set(attempt.id, text));
        return [];
      },
    },
  };
}
