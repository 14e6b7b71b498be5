/** `report:`: how the report of a month is made. */
import { z } from "zod";
import { timeZone } from "./fields.ts";

export const report = z.strictObject({
  time_zone: timeZone.prefault("UTC"),
});
