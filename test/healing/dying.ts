/** A process that is killed at a drawn step: it does nothing more, and hears no answer. */

type Work<Given extends unknown[], Answer> = (...given: Given) => Promise<Answer>;

export interface Process {
  readonly points: () => number;
  /** Resolves when the process is killed. */
  readonly killed: Promise<undefined>;
  /** Whether it dies at this step. */
  readonly isLast: () => boolean;
  /** Dies before the work, or after it and before its answer is heard. */
  readonly around: <Given extends unknown[], Answer>(
    work: Work<Given, Answer>,
  ) => Work<Given, Answer>;
  readonly dies: () => Promise<never>;
  /** Another process takes over. */
  readonly revive: () => void;
}

/** @param killAt the step at which it dies, counted from 1; undefined for never */
export function dying(killAt: number | undefined): Process {
  let points = 0;
  let { promise: killed, resolve: kill } = alive();
  const isLast = (): boolean => {
    points += 1;
    return points === killAt;
  };
  const dies = (): Promise<never> => {
    kill(undefined);
    return new Promise(() => undefined);
  };
  return {
    points: () => points,
    get killed() {
      return killed;
    },
    isLast,
    dies,
    around:
      (work) =>
      async (...given) => {
        if (isLast()) return dies();
        const answer = await work(...given);
        return isLast() ? dies() : answer;
      },
    revive: () => {
      ({ promise: killed, resolve: kill } = alive());
    },
  };
}

interface Life {
  readonly promise: Promise<undefined>;
  readonly resolve: (nothing: undefined) => void;
}

function alive(): Life {
  let resolve: Life["resolve"] | undefined;
  const promise = new Promise<undefined>((done) => {
    resolve = done;
  });
  return { promise, resolve: (none) => resolve?.(none) };
}
