/** Probes all services: groups the questions by their place, and asks each place in a loop of its own. */
import type { ServiceSubject } from "../incidents/subject.ts";
import { closeFormer } from "./close-former.ts";
import { engineName } from "./kinds/engine.ts";
import { type PlaceOptions, ProbedPlace } from "./place.ts";
import type { ProbeKind, ProbeLook, ProbeQuestion } from "./probe.ts";
import type { ProbedService } from "./service.ts";

export interface ProbingOptions
  extends Omit<PlaceOptions, "name" | "questions" | "questionsOf" | "onAnswer"> {
  readonly services: readonly ProbedService[];
  readonly kinds: readonly ProbeKind[];
  readonly onAnswer?: PlaceOptions["onAnswer"];
}

/** The host of the engine, as a service; undefined where no service has a container. */
function hostOf(services: readonly ProbedService[]): ProbedService | undefined {
  const withContainer = services.filter(({ container }) => container !== undefined);
  if (withContainer.length === 0) return undefined;
  return {
    subject: { kind: "service", tenant: "default", environment: "production", name: engineName },
    container: undefined,
    health: [],
    needs: [],
    background: false,
    startGraceMs: 0,
    everyMs: Math.min(...withContainer.map(({ everyMs }) => everyMs)),
    memoryAbove: 1,
  };
}

export class Probing {
  readonly #options: ProbingOptions;
  readonly #stopping = new AbortController();
  /** Why each question could not be asked, by its place and id. */
  readonly #unasked = new Map<string, string>();
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: ProbingOptions) {
    this.#options = options;
  }

  start(): void {
    const { signal } = this.#stopping;
    const subjects = this.#services.map(({ subject }) => subject);
    this.#working = Promise.all([
      ...this.#places().map((place) => place.run(signal)),
      this.#closeFormer(subjects),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  /** Why a question cannot be asked; undefined where all can. */
  get unasked(): string | undefined {
    const [first] = this.#unasked;
    if (first === undefined) return undefined;
    const more = this.#unasked.size > 1 ? `, and ${this.#unasked.size - 1} more` : "";
    return `${first[0]} cannot be asked: ${first[1]}${more}`;
  }

  get #services(): readonly ProbedService[] {
    const host = hostOf(this.#options.services);
    return [...(host === undefined ? [] : [host]), ...this.#options.services];
  }

  #places(): readonly ProbedPlace[] {
    const { kinds } = this.#options;
    const byService = new Map(
      this.#services.map((service) => [service, kinds.flatMap((kind) => kind.questions(service))]),
    );
    const byPlace = new Map<string, ProbeQuestion[]>();
    for (const question of [...byService.values()].flat())
      byPlace.set(question.place, [...(byPlace.get(question.place) ?? []), question]);
    const questionsOf = ({ service }: ProbeQuestion): readonly ProbeQuestion[] =>
      byService.get(service) ?? [];
    return [...byPlace].map(([name, questions]) => {
      const onAnswer = (question: ProbeQuestion, look: ProbeLook): void =>
        this.#heard(question, look);
      return new ProbedPlace({ ...this.#options, name, questions, questionsOf, onAnswer });
    });
  }

  #heard(question: ProbeQuestion, look: ProbeLook): void {
    this.#options.onAnswer?.(question, look);
    const name = `${question.service.subject.name} ${question.id}`;
    if (look.answer.status === "unasked") this.#unasked.set(name, look.answer.reason);
    else this.#unasked.delete(name);
  }

  async #closeFormer(subjects: readonly ServiceSubject[]): Promise<void> {
    const { logger } = this.#options;
    await closeFormer(this.#options, subjects).catch((err: unknown) => {
      logger.warn({ err }, "incidents of services that are no longer configured stay open");
    });
  }
}
