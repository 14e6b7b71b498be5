/** The files whose mutants are drawn, and the tests that have to notice them. */
export interface Target {
  readonly name: string;
  readonly files: RegExp;
  /** Parts of the paths of fast test files. Of these only the tests that reach a mutant are run. */
  readonly tests: readonly string[];
  /** Slower ones, for mutants that no fast test notices. */
  readonly slow?: readonly string[];
}

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
    slow: ["test/integration/wishes.test.ts"],
  },
  {
    name: "thresholding",
    files: /^src\/detection\/(\w+\/)?(decision|thresholding|episode)\.ts$/,
    tests: ["test/detection/"],
  },
  {
    name: "rules",
    files: /^src\/detection\/(\w+\/)?rules\.ts$/,
    tests: ["test/detection/"],
  },
  {
    name: "reading",
    files: /^src\/source\/(rows|delivery|transaction-window-reader)\.ts$/,
    tests: ["test/source/"],
    slow: [
      "test/integration/source.test.ts",
      "test/integration/source-recovery.test.ts",
      "test/integration/source-overlap.test.ts",
    ],
  },
  { name: "levels", files: /^src\/source\/levels\.ts$/, tests: ["test/source/"] },
  { name: "codec", files: /^src\/stream\/codec\.ts$/, tests: ["test/stream/"] },
  {
    name: "consumer",
    files: /^src\/stream\/kafka\/partition-\w+\.ts$/,
    tests: ["test/stream/"],
  },
  {
    name: "ticketing",
    files: /^src\/tickets\/(ticketing|comments|creation|executor)\.ts$/,
    tests: ["test/tickets/"],
  },
  {
    name: "judge",
    files: /^src\/tickets\/jira\/judge\.ts$/,
    tests: ["test/tickets/"],
  },
  {
    name: "config",
    files: /^src\/config\/[\w-]+\.ts$/,
    tests: ["test/config/"],
  },
];

/** @throws Error when no target has the file */
export function targetOf(file: string): Target {
  const target = targets.find(({ files }) => files.test(file));
  if (target === undefined) throw new Error(`no target has ${file}`);
  return target;
}
