/** The registry of commands, in the order in which help shows them. */
import { ack } from "./ack.ts";
import { approve } from "./approve.ts";
import { assign } from "./assign.ts";
import { cause } from "./cause.ts";
import { close } from "./close.ts";
import type { Command } from "./command.ts";
import { deny } from "./deny.ts";
import { expected } from "./expected.ts";
import { falsePositive } from "./false-positive.ts";
import { fixed } from "./fixed.ts";
import { freeze } from "./freeze.ts";
import { help } from "./help.ts";
import { impact } from "./impact.ts";
import { metrics } from "./metrics-command.ts";
import { note } from "./note.ts";
import { real } from "./real.ts";
import { reopen } from "./reopen.ts";
import { restart } from "./restart.ts";
import { severity } from "./severity.ts";
import { silence } from "./silence.ts";
import { started } from "./started.ts";
import { status } from "./status.ts";
import { unack } from "./unack.ts";
import { unassign } from "./unassign.ts";
import { unfreeze } from "./unfreeze.ts";
import { unsilence } from "./unsilence.ts";
import { wontDo } from "./wont-do.ts";
import { workaround } from "./workaround.ts";
import { wrongTeam } from "./wrong-team.ts";
import { yes } from "./yes.ts";

export const commandList: readonly Command[] = [
  approve,
  deny,
  restart,
  ack,
  unack,
  assign,
  unassign,
  expected,
  silence,
  unsilence,
  freeze,
  unfreeze,
  severity,
  close,
  reopen,
  note,
  impact,
  workaround,
  started,
  cause,
  fixed,
  real,
  falsePositive,
  wontDo,
  wrongTeam,
  status,
  metrics,
  yes,
  help,
];
