/** `unassign`: the same as `assign nobody`. */

import { nothing } from "./arguments.ts";
import { assign } from "./assign.ts";
import { command } from "./command.ts";

export const unassign = command({
  words: ["unassign"],
  usage: "",
  help: "it is for nobody any more",
  role: assign.role,
  scope: assign.scope,
  fits: ({ people }) => people?.assignee !== undefined,
  arguments: nothing,
  handle: (_, context) => assign.carryOut("nobody", context),
});
