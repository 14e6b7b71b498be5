/** Draws lines for an executor: what the daemon says, and what grows out of it when somebody changes it at random. */
import type { Permit } from "../../src/permit.ts";
import type { Random } from "../chaos/random.ts";
import { raisedBytes } from "./executor-world.ts";

export interface Drawing {
  readonly random: Random;
  /** That ends so many milliseconds from now. */
  permit(this: void, ms: number): Permit;
  /** Ids of containers. */
  readonly ids: readonly string[];
  readonly imagePlan: string;
  readonly memoryPlans: ReadonlyMap<string, string>;
}

/** So long is the shortest permit good. */
export const briefMs = 20;

const otherPlan = "0".repeat(64);

type Json = Record<string, unknown>;

const hello: Json = { hello: "driftwarden", version: "1.0" };

export const helloLine: string = JSON.stringify(hello);

function drawnPermit({ random, permit }: Drawing): Json {
  // Late, good for less time than a slow engine takes, good, and good for longer than any lease.
  const { monotonicNs, wallMs } = permit(
    random.pick([-5_000, -1, briefMs, 2_500, 2_500, 3_600_000]),
  );
  const effect = `e${random.between(0, 20_000)}`;
  return { effect, attempt: 1, monotonic_ns: String(monotonicNs), wall_ms: wallMs };
}

function request(drawing: Drawing): Json {
  const { random, ids, imagePlan, memoryPlans } = drawing;
  const bytes = random.pick([raisedBytes, raisedBytes, raisedBytes / 2, raisedBytes * 2]);
  const id = random.between(1, 9);
  const container = random.pick(ids);
  const restart = { container, grace_seconds: random.between(0, 10) };
  return random.pick<() => Json>([
    () => ({ id, verb: "version", arguments: {} }),
    () => ({ id, verb: "list", arguments: { labels: ["app=my-service"] } }),
    () => ({ id, verb: "inspect", arguments: { container } }),
    () => ({ id, verb: "dependants", arguments: { container } }),
    () => ({ id, verb: "logs", arguments: { container, lines: random.between(1, 400) } }),
    () => ({ id, verb: "usage", arguments: { container } }),
    () => ({ id, verb: "events", arguments: { container, since_ms: random.between(0, 9) } }),
    () => ({ id, verb: "finish-restart", arguments: { container } }),
    () => ({ id, verb: "restart", arguments: restart, permit: drawnPermit(drawing) }),
    () => ({ id, verb: "restart", arguments: restart, permit: drawnPermit(drawing) }),
    () => ({ id, verb: "restart", arguments: restart }),
    () => ({ id, verb: "plan-prune-images", arguments: {} }),
    () => ({
      id,
      verb: "prune-images",
      arguments: { plan: random.pick([imagePlan, otherPlan]) },
      permit: drawnPermit(drawing),
    }),
    () => ({
      id,
      verb: random.pick(["plan-update-memory", "update-memory", "update-memory"]),
      arguments: { container, bytes, plan: memoryPlans.get(container) ?? otherPlan },
      permit: drawnPermit(drawing),
    }),
    () => ({
      id,
      verb: random.pick(["exec", "kill", "start", "stop", "__proto__"]),
      arguments: restart,
    }),
    () => ({ ...hello, version: random.pick(["1.0", "1.9", "2.0", "0.9"]) }),
  ])();
}

function oddValue({ random, ids }: Drawing): unknown {
  const id = random.pick(ids);
  return random.pick<unknown>([
    null,
    true,
    -1,
    1e308,
    "",
    "restart",
    "__proto__",
    id,
    id.slice(1),
    `${id}/kill?signal=KILL&x=`,
    "../containers/prune",
    [],
    [id],
    {},
    { container: id },
    "\u0000",
    "x".repeat(2_000),
  ]);
}

/** Sets, adds or removes one field, at the top or one level below. */
function changed(value: Json, drawing: Drawing): Json {
  const { random } = drawing;
  const copy: Json = structuredClone(value);
  const inner = random.pick(["", "arguments", "permit"]);
  const place = inner === "" ? copy : copy[inner];
  if (typeof place !== "object" || place === null) return copy;
  const keys = [...Object.keys(place), "as", "constructor", "privileged"];
  const key = random.pick(keys);
  if (random.fraction() < 0.3) Reflect.deleteProperty(place, key);
  else Reflect.set(place, key, oddValue(drawing));
  return copy;
}

function scratched(line: string, { random }: Drawing): string {
  const at = random.between(0, line.length);
  const sign = String.fromCharCode(random.between(32, 126));
  return random.pick([
    line.slice(0, at) + sign + line.slice(at + 1),
    line.slice(0, at) + line.slice(at + 1),
    line.slice(0, at) + sign + line.slice(at),
    line.slice(0, at),
    line + line,
  ]);
}

/** A line without its end. */
export function drawnLine(drawing: Drawing): string {
  const { random } = drawing;
  const value = request(drawing);
  const chance = random.fraction();
  if (chance < 0.4) return JSON.stringify(value);
  if (chance < 0.7) return JSON.stringify(changed(value, drawing));
  if (chance < 0.75) return JSON.stringify(changed(changed(value, drawing), drawing));
  if (chance < 0.97) return scratched(JSON.stringify(value), drawing);
  return Array.from({ length: random.between(0, 60) }, () =>
    String.fromCharCode(random.between(32, 255)),
  ).join("");
}
