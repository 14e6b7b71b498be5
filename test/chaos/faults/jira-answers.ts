/** Single answers of Jira that are wrong or missing, before or after the request took effect. */
import type { JiraFault } from "../../../src/sandbox/jira/fault.ts";
import { type Kind, type Kinds, trafficMs } from "./fault.ts";

const meets =
  (fault: Omit<JiraFault, "onMet">): Kind["perform"] =>
  (world) =>
    new Promise((resolve, reject) => {
      const none = new Error(`no request met ${JSON.stringify(fault)}`);
      const timer = setTimeout(() => reject(none), trafficMs);
      const onMet = (): void => {
        clearTimeout(timer);
        resolve();
      };
      world.jira.fault({ ...fault, onMet });
    });

const writes = { method: "POST", path: /\/(issue|comment)$/ } as const;

export const jiraAnswers: Kinds = {
  "jira 429": { perform: meets({ ...writes, answer: "rate_limited" }) },
  "jira 500 after effect": { perform: meets({ ...writes, answer: "failed", afterEffect: true }) },
  "jira 503 after effect": {
    perform: meets({ ...writes, answer: "unavailable", afterEffect: true }),
  },
  "jira timeout after effect": { perform: meets({ ...writes, answer: "hang", afterEffect: true }) },
};
