/** What `driftwarden check` says of services: what each question finds now. One failure decides nothing here. */
import type { Engine } from "../../remediations/docker/engine.ts";
import { type CheckFinding, doubtful, fine } from "../finding.ts";
import { hostRound } from "./host-round.ts";
import type { ProbeAnswer, ProbeKind, ProbeQuestion } from "./probe.ts";
import type { ProbedService } from "./service.ts";

export interface SurveyedServices {
  readonly services: readonly ProbedService[];
  readonly kinds: readonly ProbeKind[];
  readonly engine: Engine | undefined;
  readonly nowMs: number;
}

/** A line for each question. */
export async function surveyServices(given: SurveyedServices): Promise<readonly CheckFinding[]> {
  const { services, kinds, engine, nowMs } = given;
  const round = hostRound(engine);
  const questions = services.flatMap((service) => kinds.flatMap((kind) => kind.questions(service)));
  return Promise.all(
    questions.map(async (question) => {
      const { answer } = await question.look({ nowMs, seen: undefined, round });
      return findingOf(question, answer, await matched(question, round));
    }),
  );
}

/** What the selector of a service matches now. */
async function matched(
  { kind, service: { container } }: ProbeQuestion,
  round: ReturnType<typeof hostRound>,
): Promise<string> {
  if (kind !== "container" || container === undefined) return "";
  const found = await round.containers(container).catch(() => []);
  return found.length === 0 ? "" : ` (${found.map(({ name }) => name).join(", ")})`;
}

function findingOf(
  { id, service: { subject } }: ProbeQuestion,
  answer: ProbeAnswer,
  matches: string,
): CheckFinding {
  const about = `${subject.name}: ${id}`;
  if (answer.status === "fine") return fine(subject.name, `${about} is fine${matches}`);
  const key = `services.${subject.name}`;
  if (answer.status === "unasked")
    return doubtful(subject.name, {
      message: `${about} cannot be asked: ${answer.reason}`,
      hint: "Correct the address or the engine's socket. Until then nothing is known of it.",
      key,
    });
  return doubtful(subject.name, {
    message: `${about}: ${answer.finding.said}`,
    hint: "If this is how it should be, correct the entry. Otherwise it will have an incident.",
    key,
  });
}
