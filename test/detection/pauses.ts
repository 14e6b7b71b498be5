/** Drawn times of attributions: processes that write regularly, at random, in batches, or in some hours only. */
import { random } from "./streams.ts";

const hourUs = 3_600_000_000;
const weekHours = 168;

type Gap = (uniform: () => number) => number;

const exponential: Gap = (uniform) => -Math.log(1 - uniform());
const gaussian: Gap = (uniform) =>
  Math.sqrt(2 * exponential(uniform)) * Math.cos(2 * Math.PI * uniform());

/** A batch of rows a second apart, then a pause. */
function batches(rows: number, pause: Gap): () => Gap {
  return () => {
    let written = 0;
    return (uniform) => (++written % rows === 0 ? pause(uniform) : 1 / 3600);
  };
}

/** Gaps in hours. */
export const processes: Readonly<Record<string, () => Gap>> = {
  regular: () => () => 1,
  jittered: () => (uniform) => 0.7 + 0.6 * uniform(),
  exponential: () => exponential,
  lognormal: () => (uniform) => Math.exp(gaussian(uniform) - 0.5),
  "batches of 20 at random": batches(20, (uniform) => 20 * exponential(uniform)),
  "batches of 60": batches(60, (uniform) => 2 + 3 * uniform()),
};

/** Microseconds; the process is heard only at the hours of the week that `isActive` names. */
export function timesOf(
  name: keyof typeof processes,
  { seed, weeks, isActive = () => true, hours = 1 }: TimesOptions,
): readonly number[] {
  const uniform = random(seed);
  const gap = processes[name]!();
  const times: number[] = [];
  for (let hour = 0; hour < weeks * weekHours; hour += Math.max(gap(uniform) * hours, 1 / 3600))
    if (isActive(hour % weekHours)) times.push(Math.round(hour * hourUs));
  return times;
}

interface TimesOptions {
  readonly seed: number;
  readonly weeks: number;
  readonly isActive?: (hourOfWeek: number) => boolean;
  /** Mean gap, hours. Default: 1. */
  readonly hours?: number;
}

/** From nine to five on five days. */
export const workingHours = (hourOfWeek: number): boolean =>
  hourOfWeek < 120 && hourOfWeek % 24 >= 9 && hourOfWeek % 24 < 17.05;
