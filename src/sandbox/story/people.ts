/** What people say and do on the tickets of the demo's story: who, when, and what Driftwarden has to answer. */

/** A person does this on the ticket of a subject. The story continues when Driftwarden has answered there. */
export interface PersonAct {
  readonly step: number;
  readonly by: PersonName;
  /** What the ticket is about, as the story's changes call it. */
  readonly subject: string;
  /** Written as a comment; undefined when the person closes the ticket in Jira instead. */
  readonly says: string | undefined;
  /** Part of what Driftwarden has to answer. */
  readonly answer: string;
}

export type PersonName = "sarah" | "tom";

/** Sarah may say everything. Tom may not say how bad something is, and may not close. */
export const rolesOf: Readonly<Record<PersonName, readonly string[] | undefined>> = {
  sarah: undefined,
  tom: ["responder"],
};

const severity = "dw severity P2 only the weekly report uses it";

export const acts: readonly PersonAct[] = [
  {
    step: 8,
    by: "sarah",
    subject: "churn-v7",
    says: "I am looking at it.\ndw ack",
    answer: "sarah has this since",
  },
  { step: 9, by: "tom", subject: "churn-v7", says: severity, answer: "sarah can say it" },
  { step: 11, by: "sarah", subject: "fraud-v3", says: undefined, answer: "It stays closed until" },
  {
    step: 12,
    by: "tom",
    subject: "churn-v7",
    says: "dw note the migration dropped a join; it is being retrained without it",
    answer: "Noted, tom",
  },
  { step: 13, by: "sarah", subject: "churn-v7", says: severity, answer: "P2 now, it was P1" },
  {
    step: 16,
    by: "tom",
    subject: "churn-v7",
    says: "dw expected it was retrained",
    answer: "Taken as the new normal",
  },
  { step: 17, by: "sarah", subject: "churn-v7", says: "dw close", answer: "sarah closed" },
  { step: 29, by: "tom", subject: "eta-v2", says: "dw approve", answer: "tom approved" },
];

/** Carries the acts out. */
export interface StoryPeople {
  /** @returns whether it could be done: a subject that was missed has no ticket */
  act(act: PersonAct): Promise<boolean>;
  /** How often Driftwarden has said something on the ticket of this subject. */
  answersOn(subject: string): number;
}
