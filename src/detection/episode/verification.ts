/** Decides once for each run whether the model has recovered since, by its own detectors. */
import type { VerifyRecord } from "../../stream/record.ts";
import type { Verified } from "../event.ts";
import { eventId } from "../event-id.ts";

/** Answered runs remembered, so that a question sent twice is answered once. */
const rememberedRuns = 50;

/** Plain data: one question and what was seen since. */
interface Question {
  readonly asked: VerifyRecord;
  /** Judged attributions since the run. */
  count: number;
  /** Clean ones in a row up to the newest. */
  clean: number;
}

export interface VerificationState {
  questions: Question[];
  answered: string[];
}

export interface Observation {
  readonly at: number;
  readonly clean: boolean;
}

/** What an answer depends on beside the question. */
export interface VerificationContext {
  /** The watermark or the time of the newest attribution, microseconds. */
  readonly now: number;
  readonly episodeOpen: boolean;
  /** Microseconds; undefined while unknown. */
  readonly cadence: number | undefined;
}

export function ask(state: VerificationState, record: VerifyRecord): void {
  const known = state.questions.some(({ asked }) => asked.run === record.run);
  if (known || state.answered.includes(record.run)) return;
  state.questions.push({ asked: record, count: 0, clean: 0 });
}

/** A judged attribution was seen. */
export function observe(state: VerificationState, { at, clean }: Observation): void {
  for (const question of state.questions) {
    if (at <= question.asked.since) continue;
    question.count++;
    question.clean = clean ? question.clean + 1 : 0;
  }
}

/** Answers what can be answered now; missing data is inconclusive, never success. */
export function answer(
  state: VerificationState,
  context: VerificationContext,
): readonly Verified[] {
  const answers = state.questions.flatMap((question) => {
    const found = answerTo(question, context);
    return found === undefined ? [] : [verified(question.asked, found, context.now)];
  });
  if (answers.length > 0) {
    const runs = answers.map(({ run }) => run);
    state.answered = [...state.answered, ...runs].slice(-rememberedRuns);
    state.questions = state.questions.filter(({ asked }) => !runs.includes(asked.run));
  }
  return answers;
}

/** The answers to the open questions of a model that is forgotten. */
export function giveUp({ questions }: VerificationState, now: number): readonly Verified[] {
  const detail = "the model has been silent for so long that it is not watched any more";
  return questions.map(({ asked }) => verified(asked, { outcome: "inconclusive", detail }, now));
}

/** The answer to a verify record about a model that this partition does not watch: unknown, refused or retired. */
export function unknownModel(record: VerifyRecord): Verified {
  const detail = "this model is not watched";
  return verified(record, { outcome: "inconclusive", detail }, record.notBefore);
}

/** Earliest time at which {@link answer} may find an answer without a new attribution. */
export function answerDue(state: VerificationState, cadence: number | undefined): number {
  let due = Number.POSITIVE_INFINITY;
  for (const question of state.questions) {
    const { asked } = question;
    due = Math.min(due, isSettled(question) ? asked.notBefore : deadline(asked, cadence));
  }
  return due;
}

type VerifiedOutcome = Pick<Verified, "outcome" | "detail">;

/**
 * Whether the answer is known: enough was seen, and the newest attribution is anomalous or enough in a row are clean.
 * Otherwise the model is still recovering.
 */
function isSettled({ asked, count, clean }: Question): boolean {
  return count >= asked.minAttributions && (clean === 0 || clean >= asked.minAttributions);
}

function answerTo(question: Question, context: VerificationContext): VerifiedOutcome | undefined {
  const { asked, count, clean } = question;
  const { now, episodeOpen, cadence } = context;
  const isOver = now >= deadline(asked, cadence);
  const isEnough = count >= asked.minAttributions && now >= asked.notBefore;
  if (isEnough && (isSettled(question) || !episodeOpen || isOver)) {
    if (clean >= asked.minAttributions || !episodeOpen) {
      return { outcome: "recovered", detail: `${clean} clean attributions in a row since the run` };
    }
    const detail = `still anomalous: ${clean} clean in a row of ${count} attributions since the run`;
    return { outcome: "not_recovered", detail };
  }
  if (!isOver) return undefined;
  const detail = `${count} of ${asked.minAttributions} judged attributions came within ${asked.giveUpCadences} cadences of the run`;
  return { outcome: "inconclusive", detail };
}

function deadline(asked: VerifyRecord, cadence: number | undefined): number {
  // If the cadence is unknown, the time that the run was given replaces it.
  const unit = cadence ?? Math.max(asked.notBefore - asked.since, 1_000_000);
  return Math.max(asked.notBefore, asked.since + asked.giveUpCadences * unit);
}

function verified({ run, model }: VerifyRecord, outcome: VerifiedOutcome, at: number): Verified {
  return { type: "verified", id: eventId(model, "verified", run), run, model, at, ...outcome };
}
