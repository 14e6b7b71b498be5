#!/usr/bin/env node
/** Runs the command that the arguments name and sets the exit code. The only file with process.exit and signals. */
import { constants } from "node:os";
import { openStoreOnly, openStreamOnly } from "./app/alone.ts";
import { startApp } from "./app/app.ts";
import { checksOf, doctorChecksOf } from "./app/check-parts.ts";
import { runExecutor } from "./app/executor.ts";
import { offlineBuilders } from "./app/offline.ts";
import { registerAudit } from "./cli/audit.ts";
import { registerCheck } from "./cli/check.ts";
import type { Cli } from "./cli/cli.ts";
import { registerDemo } from "./cli/demo.ts";
import { registerDetect } from "./cli/detect.ts";
import { registerDo } from "./cli/do.ts";
import { registerEffects } from "./cli/effects.ts";
import { errorText } from "./cli/error-text.ts";
import { registerExecutor } from "./cli/executor.ts";
import { exitCodeOf } from "./cli/exit-code.ts";
import { registerFixes } from "./cli/fixes.ts";
import { registerFreeze, registerUnfreeze } from "./cli/freeze.ts";
import { registerIncidents } from "./cli/incidents.ts";
import { registerInit } from "./cli/init.ts";
import { registerMarker } from "./cli/marker.ts";
import { type Register, runProgram } from "./cli/program.ts";
import { registerReplay } from "./cli/replay.ts";
import { registerReport } from "./cli/report.ts";
import { registerRestored } from "./cli/restored.ts";
import { registerRun } from "./cli/run.ts";
import { registerSandbox } from "./cli/sandbox.ts";
import { registerTune } from "./cli/tune.ts";
import { printableLines } from "./printable.ts";
import { version } from "./version.ts";

let exitCode = 0;
let stopping: AbortController | undefined;

const cli: Cli = {
  print: (line) => void process.stdout.write(`${printableLines(line)}\n`),
  say: (line) => void process.stderr.write(`${printableLines(line)}\n`),
  exitWith: (code) => {
    exitCode = code;
  },
  stopSignal: () => {
    stopping ??= stopOnSignal();
    return stopping.signal;
  },
};

const offline = { cli, ...offlineBuilders };
const { remediations } = offline;

const commands: readonly Register[] = [
  (program) => registerInit(program, { cli }),
  (program) => registerRun(program, { cli, remediations, startApp }),
  (program) => registerExecutor(program, { cli, runExecutor }),
  (program) =>
    registerCheck(program, {
      budgetTexts: offlineBuilders.budgetTexts,
      cli,
      remediations,
      checksOf: (config) => checksOf(config, process.env),
      doctorChecksOf: (config, send) => doctorChecksOf(config, process.env, { send }),
    }),
  (program) => registerDetect(program, offline),
  (program) => registerReplay(program, offline),
  (program) => registerTune(program, offline),
  (program) => registerIncidents(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerDo(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerFreeze(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerUnfreeze(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerFixes(program, { ...offline, openStore: openStoreOnly }),
  (program) => registerMarker(program, { cli, remediations, openStream: openStreamOnly }),
  (program) => registerEffects(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerReport(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerRestored(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerAudit(program, { cli, remediations, openStore: openStoreOnly }),
  (program) => registerDemo(program, { cli, remediations, startApp }),
  (program) => registerSandbox(program, cli),
];

function stopOnSignal(): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
      controller.abort();
    });
  }
  // People send SIGHUP to have a configuration read again; without a handler it would end the process.
  process.on("SIGHUP", () => undefined);
  return controller;
}

function fail(error: unknown): void {
  const { DEBUG, JOURNAL_STREAM } = process.env;
  cli.say(errorText(error, { debug: Boolean(DEBUG), journalStream: JOURNAL_STREAM }));
  exitCode = exitCodeOf(error);
}

/** Ends the process once stdout is written. Otherwise a handle that a library left open would keep it alive. */
function exit(): void {
  process.stdout.write("", () => process.exit(exitCode));
}

// The reader of a pipe may close it early (`| head`). That is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? exitCode : 1);
  });
}
process.on("uncaughtException", (error) => {
  fail(error);
  process.exit(exitCode);
});

await runProgram(process.argv.slice(2), { version, cli, commands }).catch(fail);
exit();
