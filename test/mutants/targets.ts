/** The files whose mutants are drawn, and the tests that have to notice them. */
export interface Target {
  readonly name: string;
  readonly files: RegExp;
  /** Parts of the paths of test files. */
  readonly tests: readonly string[];
}

const detection = [
  "accepted-habits",
  "boundary",
  "rules",
  "episode",
  "reasons",
  "slow-models",
  "verification",
  "engine",
].map((name) => `test/detection/${name}`);

export const targets: readonly Target[] = [
  {
    name: "reducer",
    files: /^src\/incidents\/(reduce\/[\w-]+|digest|severity|member|place|placing|cause)\.ts$/,
    tests: ["test/incidents/"],
  },
  { name: "gates", files: /^src\/healing\/gates\/[\w-]+\.ts$/, tests: ["test/healing/"] },
  {
    name: "ledger",
    files: /^src\/healing\/(runner|decide-run|act|reconcile|fix)\.ts$/,
    tests: ["test/healing/"],
  },
  {
    name: "thresholding",
    files: /^src\/detection\/(\w+\/)?(decision|thresholding|episode)\.ts$/,
    tests: detection,
  },
  {
    name: "rules",
    files: /^src\/detection\/(\w+\/)?rules\.ts$/,
    tests: detection,
  },
  {
    name: "reading",
    files: /^src\/source\/(rows|delivery|transaction-window-reader)\.ts$/,
    tests: ["test/source/", "test/integration/source.test.ts"],
  },
  { name: "levels", files: /^src\/source\/levels\.ts$/, tests: ["test/source/"] },
  { name: "codec", files: /^src\/stream\/codec\.ts$/, tests: ["test/stream/codec.test.ts"] },
  {
    name: "consumer",
    files: /^src\/stream\/kafka\/partition-\w+\.ts$/,
    tests: ["test/stream/kafka/"],
  },
  {
    name: "ticketing",
    files: /^src\/tickets\/(ticketing|comments|creation|executor)\.ts$/,
    tests: ["test/tickets/t"],
  },
  {
    name: "judge",
    files: /^src\/tickets\/jira\/judge\.ts$/,
    tests: ["hostile", "conflict", "jira.test", "permit"].map(
      (name) => `test/tickets/jira/${name}`,
    ),
  },
  {
    name: "config",
    files: /^src\/config\/[\w-]+\.ts$/,
    tests: ["parse", "secrets", "moved-keys", "nearest", "example"].map(
      (name) => `test/config/${name}`,
    ),
  },
];

/** @throws Error when no target has the file */
export function targetOf(file: string): Target {
  const target = targets.find(({ files }) => files.test(file));
  if (target === undefined) throw new Error(`no target has ${file}`);
  return target;
}
