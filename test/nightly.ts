/**
 * `npm run nightly`: what takes too long for each change, one after the other: mutants by the day's seed, 10,000 histories
 * of healing, an hour of fuzz, long chaos on both streams, all cases of the tests that a change tries in part, the fast
 * tests on Node 22, a new user's first run, a siege of the HTTP server, and a starved daemon. Exit 1 when one of them fails;
 * the last line says which.
 */
import { spawnSync } from "node:child_process";
import { filesTriedInPart } from "./nightly-files.ts";

/** The day, so that a night can be repeated: `npm run nightly -- 20784`. */
const seed = process.argv[2] ?? String(Math.floor(Date.now() / 86_400_000));

/** Times as many draws as in CI: about an hour on an idle machine. */
const fuzzEffort = "250";
const fuzzed = [
  "test/http/hostile",
  "test/stream/codec",
  "test/tickets/jira/fuzz",
  "test/remediations/docker/fuzz",
];
const ofTheNight = { ...process.env, DRIFTWARDEN_NIGHTLY: "1" };
const ofFuzz = { ...process.env, DRIFTWARDEN_FUZZ: fuzzEffort, DRIFTWARDEN_SEED: seed };

type Part = readonly [program: string, args: readonly string[], env?: NodeJS.ProcessEnv];

const npm = (...args: readonly string[]): Part => ["npm", args];
const chaos = (stream: string): Part =>
  npm("run", "chaos", "--", "--faults", "200", "--seed", seed, "--stream", stream);
const histories = ["--histories", "10000", "--fuzz", "1000000", "--seed", seed, "--json"];

const parts: Readonly<Record<string, Part>> = {
  mutants: npm("run", "mutants", "--", "--count", "400", "--seed", seed, "--json"),
  safety: npm("run", "safety", "--", ...histories),
  fuzz: ["npm", ["test", "--", "--project", "fast", ...fuzzed], ofFuzz],
  "chaos on the log in Postgres": chaos("postgres"),
  "chaos on Kafka": chaos("kafka"),
  "cases that a change leaves out": [
    "npm",
    ["test", "--", "--project", "real", ...filesTriedInPart()],
    ofTheNight,
  ],
  "the fast tests on Node 22": [".ci/fast-tests-on-node", ["22"]],
  "a new user's first run": npm("run", "firstrun"),
  "100,000 hostile connections": npm("exec", "tsx", "test/siege.ts", "100000", seed),
  "rows at a load of forty": npm("exec", "tsx", "test/starvation.ts"),
};

const failed = Object.entries(parts).flatMap(([name, [program, args, env = process.env]]) => {
  process.stderr.write(`${name}, seed ${seed}\n`);
  return spawnSync(program, args, { stdio: "inherit", env }).status === 0 ? [] : [name];
});
process.stdout.write(`${failed.length === 0 ? "all passed" : `failed: ${failed.join(", ")}`}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
