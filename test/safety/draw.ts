/** Draws random histories. fast-check makes a history that is wrong smaller. */
import * as fc from "fast-check";
import {
  type FixSettings,
  fates,
  fixNames,
  type History,
  people,
  type Step,
  selections,
} from "./steps.ts";

const minute = 60_000;

const settings: fc.Arbitrary<FixSettings> = fc.record({
  mode: fc.constantFrom("auto", "auto", "auto", "approve", "approve", "approve", "observe", "off"),
  tier: fc.oneof(
    { weight: 10, arbitrary: fc.constant("auto" as const) },
    { weight: 2, arbitrary: fc.constantFrom("approval", "never") },
  ),
  cooldownMs: fc.constantFrom(0, 0, minute, 30 * minute),
  budgets: fc.array(
    fc.record({
      scope: fc.constantFrom("fix", "target", "host", "all"),
      runs: fc.constantFrom(0, 1, 1, 2, 2, 3, 3),
      windowMs: fc.constantFrom(minute, 10 * minute, 10 * minute, 60 * minute, 1440 * minute),
    }),
    { maxLength: 3 },
  ),
  concurrency: fc.constantFrom(1, 1, 2, 9),
  approvals: fc.constantFrom(1, 1, 1, 2),
  twice: fc.boolean(),
  others: fc.constantFrom(false, false, true),
  expiresMs: fc.constantFrom(5 * minute, 30 * minute),
  denyForMs: fc.constantFrom(0, 60 * minute),
  withDependants: fc.boolean(),
  storm: fc.constantFrom(undefined, undefined, undefined, undefined, 1, 2),
  maintenance: fc.constantFrom(
    ...Array.from({ length: 7 }, () => undefined),
    { from: 540, to: 600 },
    { from: 1380, to: 60 },
  ),
  healthyFloor: fc.nat({ max: 11 }).map((n) => Math.max(0, n - 9)),
});

const process = fc.nat({ max: 2 });
const work = fc.record({
  process,
  pick: fc.nat({ max: 3 }),
  diesAt: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })),
});
const kind = <Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);
const incident = fc.nat({ max: 2 });
const spans = [1, 1, 1, 4, 4, 11, 31, 61, 1441].map((minutes) => minutes * minute);
const span = fc.constantFrom(1000, ...spans);

const drawn = {
  episode: fc.record({
    kind: kind("episode"),
    model: fc.nat({ max: 2 }),
    feature: fc.constantFrom("fa", "fb"),
    severe: fc.boolean(),
    ageMs: fc.constantFrom(0, 0, 0, 0, minute, minute, 40 * minute),
    warm: fc.nat({ max: 15 }).map((n) => n > 0),
  }),
  recovers: fc.record({ kind: kind("recovers"), model: fc.nat({ max: 2 }) }),
  work: work.map((one): Step => ({ kind: "work", ...one })),
  together: fc.record({
    kind: kind("together"),
    works: fc.tuple(work, work),
    turns: fc.array(fc.nat({ max: 9 }), { minLength: 6, maxLength: 12 }),
    same: fc.boolean(),
  }),
  drain: fc.record({ kind: kind("drain") }),
  say: fc.record({
    kind: kind("say"),
    who: fc.constantFrom(...people, "sarah", "tom"),
    word: fc.constantFrom("approve", "approve", "approve", "deny"),
    which: fc.constantFrom("own", "own", "own", "none", "none", "wrong", "elsewhere"),
    incident,
    named: fc.constantFrom(false, false, true),
    again: fc.constantFrom(false, false, true),
    begins: fc.option(fc.nat({ max: 7 }), { nil: undefined }),
  }),
  wish: fc.record({
    kind: kind("wish"),
    who: fc.constantFrom("sarah", "sarah", "tom", "eve"),
    fix: fc.constantFrom(...fixNames),
    incident,
    process,
    again: fc.constantFrom(false, false, true),
  }),
  time: fc.record({ kind: kind("time"), ms: span }),
  clock: fc.record({
    kind: kind("clock"),
    ms: fc.oneof(
      span,
      span.map((ms) => -ms),
    ),
  }),
  config: fc.record({
    kind: kind("config"),
    fix: fc.constantFrom(...fixNames),
    settings,
    process: fc.option(process, { nil: undefined }),
  }),
  selects: fc.record({
    kind: kind("selects"),
    fix: fc.constantFrom(...fixNames),
    selection: fc.constantFrom("one", "one", "one", ...selections),
  }),
  container: fc.record({
    kind: kind("container"),
    name: fc.constantFrom("a", "b"),
    fate: fc.constantFrom(...fates),
  }),
  around: fc.record({
    kind: kind("around"),
    name: fc.constantFrom("a", "b"),
    hasDependants: fc.constantFrom(false, false, true),
    healthy: fc.nat({ max: 2 }),
  }),
  recreated: fc.record({ kind: kind("recreated"), name: fc.constantFrom("a", "b") }),
  engine: fc.record({ kind: kind("engine"), away: fc.boolean() }),
  model: fc.record({
    kind: kind("model"),
    says: fc.constantFrom("recovered", "not_recovered", "not_recovered", "inconclusive"),
  }),
  silence: fc.record({ kind: kind("silence"), incident, ms: span }),
  unsilence: fc.record({ kind: kind("unsilence"), incident }),
  freeze: fc.record({
    kind: kind("freeze"),
    feature: fc.constantFrom("fa", "fb", undefined),
    inMs: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: span }),
    ms: span,
  }),
  unfreeze: fc.record({ kind: kind("unfreeze") }),
  backup: fc.record({ kind: kind("backup") }),
  restore: fc.record({ kind: kind("restore") }),
} as const satisfies { readonly [Kind in Step["kind"]]: fc.Arbitrary<Step> };

/** How often each kind of step comes: most of what happens is work. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: drawn.episode },
  { weight: 2, arbitrary: drawn.recovers },
  { weight: 16, arbitrary: drawn.work },
  { weight: 8, arbitrary: drawn.together },
  { weight: 12, arbitrary: drawn.drain },
  { weight: 14, arbitrary: drawn.say },
  { weight: 4, arbitrary: drawn.wish },
  { weight: 8, arbitrary: drawn.time },
  { weight: 3, arbitrary: drawn.clock },
  { weight: 3, arbitrary: drawn.config },
  { weight: 2, arbitrary: drawn.selects },
  { weight: 3, arbitrary: drawn.container },
  { weight: 2, arbitrary: drawn.around },
  { weight: 2, arbitrary: drawn.recreated },
  { weight: 2, arbitrary: drawn.engine },
  { weight: 8, arbitrary: drawn.model },
  { weight: 2, arbitrary: drawn.silence },
  { weight: 1, arbitrary: drawn.unsilence },
  { weight: 2, arbitrary: drawn.freeze },
  { weight: 1, arbitrary: drawn.unfreeze },
  { weight: 1, arbitrary: drawn.backup },
  { weight: 1, arbitrary: drawn.restore },
);

/** A word is given while something is in its way, the process dies at some point, and what was in its way passes. */
const wordInTheWay: fc.Arbitrary<readonly Step[]> = fc
  .record({
    episode: drawn.episode,
    say: drawn.say,
    way: fc.constantFrom<readonly [Step, Step]>(
      [
        { kind: "silence", incident: 0, ms: minute },
        { kind: "unsilence", incident: 0 },
      ],
      [{ kind: "freeze", feature: undefined, inMs: 0, ms: minute }, { kind: "unfreeze" }],
      [
        { kind: "selects", fix: "restart-any", selection: "several" },
        { kind: "selects", fix: "restart-any", selection: "one" },
      ],
    ),
    work: drawn.work,
  })
  .map(({ episode, say, way: [before, after], work: redone }) => [
    episode,
    { kind: "drain" },
    before,
    { ...say, who: "sarah", word: "approve", which: "none" },
    after,
    redone,
    { kind: "drain" },
  ]);

/** More words are needed after one was given, and before the run begins. */
const stricterAfterTheWord: fc.Arbitrary<readonly Step[]> = fc
  .record({ episode: drawn.episode, settings, fix: fc.constantFrom(...fixNames) })
  .map(({ episode, settings: drawnSettings, fix }) => {
    const asking = { ...drawnSettings, mode: "approve", tier: "auto", storm: undefined } as const;
    const config = (approvals: number): Step => ({
      kind: "config",
      fix,
      settings: { ...asking, approvals, budgets: [], maintenance: undefined },
      process: undefined,
    });
    const word = { which: "own", incident: 0, named: false, again: false } as const;
    return [
      config(1),
      episode,
      { kind: "drain" },
      { kind: "say", who: "sarah", word: "approve", ...word, begins: undefined },
      config(2),
      { kind: "drain" },
    ];
  });

const steps = fc
  .array(
    fc.oneof(
      { weight: 30, arbitrary: step.map((one): readonly Step[] => [one]) },
      { weight: 1, arbitrary: wordInTheWay },
      { weight: 1, arbitrary: stricterAfterTheWord },
    ),
    { minLength: 10, maxLength: 60, size: "max" },
  )
  .map((parts) => parts.flat());

/** A configuration, then some dozens of steps. */
export const histories: fc.Arbitrary<History> = fc.record({
  settings: fc.record({ "restart-a": settings, "restart-b": settings, "restart-any": settings }),
  steps,
});
