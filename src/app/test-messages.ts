/** Builds the one message that `driftwarden doctor --send` sends to a configured place. */
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { openJira } from "../tickets/jira/jira.ts";
import { sendTestAlert, sendTestIssue } from "../tickets/test-message.ts";
import { openAlertmanager } from "./alertmanager.ts";
import { type PartCheck, withAnswerDeadline } from "./answer-deadline.ts";
import type { CheckedThrough } from "./checks.ts";
import { jiraOptions } from "./ticketing.ts";

/** @returns undefined where the place is not configured */
export function testMessage(
  config: Config,
  place: string,
  through: Pick<CheckedThrough, "environment" | "logger" | "metrics">,
): PartCheck | undefined {
  const { jira } = config;
  if (place === "jira" && jira !== undefined) {
    const options = { ...jiraOptions(jira, through), token: () => readSecret(jira.token_file) };
    const look: PartCheck["look"] = () => sendTestIssue(openJira(options));
    return withAnswerDeadline({ part: "tracker", look });
  }
  const alerts = place === "alertmanager" && openAlertmanager(config, through.environment);
  if (!alerts) return undefined;
  const look: PartCheck["look"] = () => sendTestAlert(alerts, Date.now());
  return withAnswerDeadline({ part: "channel:alertmanager", look });
}
