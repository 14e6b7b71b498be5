/** Many models that one cause breaks at once: they are members of incidents, and their fixes are asked for together. */
import { seeded } from "../random.ts";
import { models } from "../world.ts";
import { type Kinds, lasts } from "./fault.ts";

export const members: Kinds = {
  "models broken together": {
    perform: async ({ feeder }, fault) => {
      const random = seeded(fault.seed);
      feeder.breakModels(random.shuffled(models).slice(0, random.between(5, models.length)));
      await lasts(fault, 1000, 3000);
    },
  },
};
