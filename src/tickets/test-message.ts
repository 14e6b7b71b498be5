/** Sends one message that a person has asked for, so that they see it arrive. For `driftwarden doctor --send`. */
import { messageOf } from "../errors.ts";
import { type CheckFinding, doubtful, failed, fine } from "../finding.ts";
import { type Message, paragraph, words } from "../messages/message.ts";
import type { Alertmanager } from "./alertmanager/alertmanager.ts";
import { TrackerError } from "./errors.ts";
import type { Tracker } from "./tracker.ts";

const check = "sent";
const lastsMs = 5 * 60_000;
/** No label of a real ticket, so the daemon never takes this issue for one of its own. */
const testLabel = "driftwarden-test";
const title = "Driftwarden: a test message, please ignore";

/** Posts one alert of severity `info` that ends by itself after five minutes. */
export async function sendTestAlert(
  alertmanager: Pick<Alertmanager, "post">,
  nowMs: number,
): Promise<readonly CheckFinding[]> {
  const alert = {
    labels: { alertname: "DriftwardenTest", severity: "info", job: "driftwarden" },
    annotations: { summary: title, description: "A person asked for this with the option --send." },
    startsAtMs: nowMs,
    endsAtMs: nowMs + lastsMs,
  };
  try {
    await alertmanager.post(alert);
    return [fine(check, "a test alert DriftwardenTest was posted; it ends within 5m by itself")];
  } catch (error) {
    return [failed(check, error, "alertmanager.url")];
  }
}

const text: Message = [
  [
    paragraph(
      words("A person asked for this issue, to see that it arrives. It is closed at once."),
    ),
  ],
];

/** Creates one issue and closes it. Its watchers get the mails of both. */
export async function sendTestIssue(
  tracker: Pick<Tracker, "create" | "close">,
): Promise<readonly CheckFinding[]> {
  try {
    const issue = { summary: title, description: text, labels: [testLabel], priority: undefined };
    const { id, key, url } = await tracker.create(issue);
    return [await closed(tracker, { id, key, url })];
  } catch (error) {
    const isThere = error instanceof TrackerError && error.maybeApplied;
    const found = failed(check, error, "jira");
    if (!isThere) return [found];
    const hint = `The issue may be there all the same: look for the label ${testLabel}, and close it by hand.`;
    return [{ ...found, hint, ask: "you" }];
  }
}

interface Created {
  readonly id: string;
  readonly key: string;
  readonly url: string;
}

async function closed(
  tracker: Pick<Tracker, "close">,
  { id, key, url }: Created,
): Promise<CheckFinding> {
  try {
    await tracker.close(id);
    return fine(check, `${key} was created and closed: ${url}`);
  } catch (error) {
    return doubtful(check, {
      message: `${key} was created, and could not be closed: ${messageOf(error)}`,
      hint: `Close it by hand: ${url}. Tickets stay open in the same way; see jira.resolve_transition.`,
      key: "jira.resolve_transition",
      ask: "you",
    });
  }
}
