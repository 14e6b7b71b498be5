/** The registry of commands, in the order in which help shows them. */
import { ack } from "./ack.ts";
import { assign } from "./assign.ts";
import type { Command } from "./command.ts";
import { help } from "./help.ts";
import { note } from "./note.ts";
import { status } from "./status.ts";
import { unack } from "./unack.ts";
import { yes } from "./yes.ts";

export const commandList: readonly Command[] = [ack, unack, assign, note, status, yes, help];
