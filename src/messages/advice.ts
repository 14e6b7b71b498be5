/**
 * The advice for each kind of incident: three things to check, the responsible people, and what closes the ticket.
 */
import type { EpisodeKind } from "../detection/event.ts";
import type { ProbedKind, ReportedKind } from "../incidents/episode.ts";

/** Kinds with a runbook `docs/runbooks/KIND.md`. */
export type AdvisedKind = EpisodeKind | "source_silent" | ProbedKind | ReportedKind;

export interface Advice {
  /**
   * Things to check, most likely first. The first one is at the top of the ticket. `FEATURE` stands for the feature
   * most to blame.
   */
  readonly look: readonly [string, string, string];
  readonly belongsTo: string;
  readonly closes: string;
}

const byItself =
  "by itself when the model is back to normal, or when a deploy or retrain is announced";

const moved: Advice = {
  look: [
    "is FEATURE still filled upstream, with the same unit and coding?",
    "was the model, a feature pipeline or a table changed shortly before it began?",
    "did features that usually move with it move too? Then look for what they share",
  ],
  belongsTo: "the owners of the model, with whoever fills FEATURE",
  closes: byItself,
};

export const advice: Readonly<Record<AdvisedKind, Advice>> = {
  shift: moved,
  level_shift: moved,
  leak: {
    look: [
      "does FEATURE hold something that is known only after the prediction?",
      "was FEATURE added, refilled or joined differently since the last training?",
      "is the newest model the one that should serve? The one before may be safer",
    ],
    belongsTo: "the owners of the model; a leak is decided by people, not by a restart",
    closes: byItself,
  },
  silent: {
    look: [
      "is the exporter of this model running, and what does its log say?",
      "does the model still serve? Its own health and traffic tell",
      "was it retired or renamed on purpose?",
    ],
    belongsTo: "whoever runs the exporter, then the owners of the model",
    closes: "by itself when rows come again",
  },
  source_silent: {
    look: [
      "is the exporter running?",
      "may it still write: password, disk, locks on the table?",
      "do its clock and its schedule stand as they did?",
    ],
    belongsTo: "whoever runs the exporter",
    closes: "by itself when rows of all models come again",
  },
  feature_missing: {
    look: [
      "does FEATURE still exist where the model reads it, under this name?",
      "was the list of exported features changed?",
      "was the model trained anew without it?",
    ],
    belongsTo: "whoever fills FEATURE, then the owners of the model",
    closes: "by itself when the feature comes again, or when a deploy or retrain is announced",
  },
  frozen: {
    look: [
      "does the exporter compute anew, or send a cached result?",
      "does its input still change?",
      "did its last job fail and leave the old file?",
    ],
    belongsTo: "whoever runs the exporter",
    closes: "by itself when the numbers change again",
  },
  bad_values: {
    look: [
      "what stands in FEATURE upstream: NULL, text, a division by zero?",
      "was the computation of importances changed?",
      "are other features of the same table hit too?",
    ],
    belongsTo: "whoever runs the exporter, then whoever fills FEATURE",
    closes: "by itself when usable values come again",
  },
  second_exporter: {
    look: [
      "how many processes export this model? There may be one too many",
      "did a deploy leave the old one running?",
      "do two models share one name?",
    ],
    belongsTo: "whoever deploys the exporter",
    closes: "by itself when one of the two has stopped",
  },
  new_feature: {
    look: [
      "was the model deployed or trained anew without an announcement?",
      "does FEATURE hold something that is known only after the prediction?",
      "should FEATURE be among the features at all?",
    ],
    belongsTo: "the owners of the model",
    closes: "when a deploy or retrain is announced, or the feature is gone",
  },
  quarantined: {
    look: [
      "what does Driftwarden's log say of the record that was set aside?",
      "was the version of Driftwarden or of the exporter changed?",
      "do other models of the same source go on?",
    ],
    belongsTo: "whoever runs Driftwarden",
    closes: "by itself when several records of this model in a row are processed again",
  },
  down: {
    look: [
      "does its container run, and what are the last lines of its log?",
      "do its name, its network and its certificate still lead to it?",
      "was it deployed, moved or reconfigured shortly before?",
    ],
    belongsTo: "whoever runs the service",
    closes: "by itself when the service answers again",
  },
  oom: {
    look: [
      "what used the memory: a queue, a cache, more traffic, a leak since the last deploy?",
      "is its limit too low for what it does now? A restart alone meets the same limit again",
      "is the host itself short of memory, so that other containers are next?",
    ],
    belongsTo: "whoever owns its deployment and its memory limit",
    closes: "by itself when it has run for the start grace without another kill",
  },
  restart_loop: {
    look: [
      "what are the last lines of its log before each end, and which exit code?",
      "was its image, its configuration or a secret changed shortly before?",
      "does something that it needs at its start not answer?",
    ],
    belongsTo: "whoever deploys the service",
    closes: "by itself when it was not restarted again for ten minutes",
  },
  unhealthy: {
    look: [
      "which part fails, and what does its log say of errors or slow calls?",
      "do the services and databases answer on which it depends?",
      "did its traffic change, or was it deployed shortly before?",
    ],
    belongsTo: "the owners of the service",
    closes: "by itself when the check passes again",
  },
  memory: {
    look: [
      "does its memory still grow, or has it settled?",
      "did it grow since the last deploy? Then look for a leak",
      "can its limit be raised before the kernel kills it?",
    ],
    belongsTo: "whoever owns its deployment and its memory limit",
    closes: "by itself when its use is below the threshold again",
  },
  alert: {
    look: [
      "what does the runbook of the alert say? The row of the alert below has its address",
      "does the service answer, and what are the last lines of its log?",
      "was it, or what it depends on, deployed or reconfigured shortly before?",
    ],
    belongsTo: "the owners of the service",
    closes: "by itself when every alert about the service is resolved",
  },
  report: {
    look: [
      "can what the person reports be seen by somebody else?",
      "is what the service says harmful? Then stop it first, and look for the reason afterwards",
      "was it, its model or its configuration changed shortly before?",
    ],
    belongsTo: "the owners of the service",
    closes: "when the report is sent again as resolved",
  },
};

/** @param feature the feature most to blame; undefined where there is none */
export function adviceText(text: string, feature: string | undefined): string {
  return text.replaceAll("FEATURE", feature ?? "the feature");
}
