/** The metrics of commands. */
import { Counter, Histogram, type Registry } from "prom-client";

export interface CommandsMetrics {
  /** `command` is empty where no command has the name. */
  readonly commands: Counter<"command" | "outcome">;
  readonly refusals: Counter<"reason">;
  readonly answerSeconds: Histogram<"door">;
}

export function commandsMetrics(registry: Registry): CommandsMetrics {
  const registers = [registry];
  return {
    commands: new Counter({
      name: "driftwarden_commands_total",
      help: "What people asked for, by command and outcome (done, refused, asks). The command is empty where no command has the name.",
      labelNames: ["command", "outcome"],
      registers,
    }),
    refusals: new Counter({
      name: "driftwarden_command_refusals_total",
      help: "Commands that were refused, by reason.",
      labelNames: ["reason"],
      registers,
    }),
    answerSeconds: new Histogram({
      name: "driftwarden_command_answer_seconds",
      help: "Time from when a command was said until it was answered, by door.",
      labelNames: ["door"],
      buckets: [0.1, 0.5, 1, 5, 15, 30, 60, 300, 1800],
      registers,
    }),
  };
}
