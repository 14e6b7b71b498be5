/** `alerts:`: how the alerts that other programs post are read. */
import { z } from "zod";
import { severities } from "../incidents/episode.ts";
import { text } from "./fields.ts";

/** The words that most rules of Prometheus use. `none` is that of the alert which shows that alerting works. */
const usualWords = { critical: "P0", warning: "P1", info: "P2", none: "ignore" } as const;

export const alerts = z.strictObject({
  severity_map: z.record(text, z.enum([...severities, "ignore"])).default(usualWords),
  fingerprint_labels: z.array(text).min(1).default(["alertname", "service", "instance"]),
});
