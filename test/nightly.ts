/**
 * `npm run nightly`: what takes too long for each change, one after the other: mutants by the day's seed, 10,000 histories
 * of healing, an hour of fuzz, long chaos on both streams, a new user's first run, and a starved daemon. Exit 1 when one of them fails; the last line says which.
 */
import { spawnSync } from "node:child_process";

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
const env = { ...process.env, DRIFTWARDEN_FUZZ: fuzzEffort, DRIFTWARDEN_SEED: seed };

const chaos = ["run", "chaos", "--", "--faults", "200", "--seed", seed, "--stream"];
const parts = {
  mutants: ["run", "mutants", "--", "--count", "400", "--seed", seed, "--json"],
  safety: [
    "run",
    "safety",
    "--",
    "--histories",
    "10000",
    "--fuzz",
    "1000000",
    "--seed",
    seed,
    "--json",
  ],
  fuzz: ["test", "--", "--project", "fast", ...fuzzed],
  "chaos on the log in Postgres": [...chaos, "postgres"],
  "chaos on Kafka": [...chaos, "kafka"],
  "a new user's first run": ["run", "firstrun"],
  "rows at a load of forty": ["exec", "tsx", "test/starvation.ts"],
};

const failed = Object.entries(parts).flatMap(([name, args]) => {
  process.stderr.write(`${name}, seed ${seed}\n`);
  return spawnSync("npm", args, { stdio: "inherit", env }).status === 0 ? [] : [name];
});
process.stdout.write(`${failed.length === 0 ? "all passed" : `failed: ${failed.join(", ")}`}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
