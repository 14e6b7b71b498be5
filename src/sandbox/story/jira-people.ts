/** The people of the demo's story at work in the Jira sandbox, by its REST API, each with an account of their own. */
import type { JiraSandbox } from "../jira/server.ts";
import type { StoryPeople } from "./people.ts";

export interface JiraPeopleOptions {
  readonly jira: Pick<JiraSandbox, "url" | "issues">;
  /** Name of Driftwarden's account. */
  readonly bot: string;
}

/** Id of the transition to Done in the sandbox's usual workflow. */
const toDone = "31";

export function jiraPeople({ jira, bot }: JiraPeopleOptions): StoryPeople {
  const ticketOf = (subject: string) =>
    jira.issues().find(({ summary }) => summary.includes(subject));
  return {
    act: async ({ by, subject, says }) => {
      const key = ticketOf(subject)?.key;
      if (key === undefined) return false;
      const [path, body] =
        says === undefined
          ? ["transitions", { transition: { id: toDone } }]
          : ["comment", { body: says }];
      const response = await fetch(`${jira.url}/rest/api/2/issue/${key}/${path}`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${by}:${by}`)}` },
        body: JSON.stringify(body),
      });
      return response.ok;
    },
    answersOn: (subject) =>
      (ticketOf(subject)?.comments ?? []).filter(({ author }) => author === bot).length,
  };
}
