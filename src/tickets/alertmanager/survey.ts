/** Checks an Alertmanager for `check` and the daemon's probes. Posts nothing. */
import { type CheckFinding, failed, fine } from "../../finding.ts";
import type { Alertmanager } from "./alertmanager.ts";

/** @returns one finding; never throws */
export async function surveyAlertmanager(
  { status }: Pick<Alertmanager, "status">,
  url: string,
): Promise<readonly CheckFinding[]> {
  try {
    return [fine("answer", `${url}, version ${await status()}`)];
  } catch (error) {
    return [failed("answer", error, "alertmanager.url")];
  }
}
