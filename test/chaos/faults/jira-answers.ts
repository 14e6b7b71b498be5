/** Single answers of Jira that are wrong or missing, before or after the request took effect. */
import type { JiraFault } from "../../../src/sandbox/jira/fault.ts";
import { type Kind, type Kinds, trafficMs } from "./fault.ts";

/** A comment or a new ticket is waited for so long; then an edit will do. Most of what is told is an edit. */
const postsFirstMs = 20_000;

const meets =
  (fault: Pick<JiraFault, "answer" | "afterEffect">): Kind["perform"] =>
  (world) =>
    new Promise((resolve, reject) => {
      const editsFromMs = Date.now() + postsFirstMs;
      const none = new Error(`no request met ${JSON.stringify(fault)}`);
      const timer = setTimeout(() => reject(none), trafficMs);
      const onMet = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const method = (one: string): boolean =>
        one === "POST" || (one === "PUT" && Date.now() >= editsFromMs);
      world.jira.fault({ ...fault, method, path: written, onMet });
    });

const written = /\/(issue|issue\/[^/]+|comment|comment\/[^/]+)$/;

export const jiraAnswers: Kinds = {
  "jira 429": { perform: meets({ answer: "rate_limited" }) },
  "jira 500 after effect": { perform: meets({ answer: "failed", afterEffect: true }) },
  "jira 503 after effect": {
    perform: meets({ answer: "unavailable", afterEffect: true }),
  },
  "jira timeout after effect": { perform: meets({ answer: "hang", afterEffect: true }) },
};
