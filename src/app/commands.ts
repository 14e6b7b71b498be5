/** Builds the worker that carries commands out, with the people of the configuration and their rights. */

import { systemClock } from "../clock.ts";
import type { Wishing } from "../commands/context.ts";
import { commandWrite } from "../commands/http.ts";
import { commandList } from "../commands/index.ts";
import { commandsMetrics } from "../commands/metrics.ts";
import { KnownPeople, type Person } from "../commands/people.ts";
import { type CommandWorkerOptions, carryOutCommands } from "../commands/worker.ts";
import { neededRoles } from "../config/people.ts";
import type { Config } from "../config/schema.ts";
import { newestFeatures } from "../detection/baseline/newest-features.ts";
import { Wishes, type WishOptions } from "../healing/wishes.ts";
import type { HttpWrite } from "../http-route.ts";
import type { RecordOptions } from "../incidents/record-events.ts";
import { type Right, setRights } from "../store/commands/rights.ts";
import { newestState } from "../store/states/newest.ts";
import type { Store } from "../store/store.ts";
import { engineSettings } from "./engine-settings.ts";
import type { StoredParts } from "./parts.ts";
import { peopleTokens } from "./people-tokens.ts";
import { registries } from "./registries.ts";
import { streamName } from "./stream.ts";
import { routesOf } from "./ticket-help.ts";

/** The people and teams of the configuration. */
export function knownPeople(config: Config): KnownPeople {
  const teams = Object.entries(config.teams).map(([name, members]) => ({ name, members }));
  return new KnownPeople(peopleOf(config), teams);
}

function peopleOf({ people }: Config): readonly Person[] {
  return Object.entries(people).map(([name, { jira, roles, time_zone, scopes, machine }]) => ({
    name,
    account: jira,
    roles,
    timeZone: time_zone,
    scopes,
    machine,
  }));
}

/** Commands by POST, for people with a token. @throws ConfigError DW_CONFIG_SECRET when a token cannot be read at first */
export function buildCommandWrite(
  { config, logger }: Pick<StoredParts, "config" | "logger">,
  store: () => Store,
): HttpWrite {
  const tokens = peopleTokens(config.people, logger.child({ component: "http" }));
  return commandWrite({ tokens, store, clock: systemClock });
}

/** Every known person may say what needs no role. */
function rightsOf(people: readonly Person[]): readonly Right[] {
  return people.flatMap(({ account, roles }) =>
    account === undefined
      ? []
      : ["known", ...(roles ?? neededRoles)].map((role) => ({ handle: account, role })),
  );
}

function figuresReader(config: Config): NonNullable<CommandWorkerOptions["figuresOf"]> {
  const settings = engineSettings(config, registries.detectors);
  const stream = streamName(config);
  return async (q, model) => {
    const state = await newestState(q, { stream, model });
    const { at, features } = newestFeatures({ state, model, settings });
    return at === undefined ? undefined : { atMs: at / 1000, features };
  };
}

/** The targets are looked at before the transaction. The decision in the transaction goes by what was seen. */
export function wishingBy(options: WishOptions): Wishing {
  const wishes = new Wishes(options);
  return {
    look: async (service) => {
      const fixes = await wishes.look(service);
      return { fixes, decide: (tx, wished) => wishes.decide(tx, wished, fixes) };
    },
    approvalOf: (name) => options.fixes.find(({ fix }) => fix.name === name)?.fix.approval?.rules,
  };
}

export async function buildCommands(
  { store, config, clock, registry, logger, lifecycle }: StoredParts,
  recording: RecordOptions,
  acting: Pick<WishOptions, "fixes" | "runner">,
): Promise<void> {
  const people = peopleOf(config);
  await store.transaction((tx) => setRights(tx, rightsOf(people), clock.now()));
  const routeFor = routesOf(config);
  const stopping = new AbortController();
  const working = carryOutCommands(
    {
      store,
      clock,
      commands: commandList,
      people: knownPeople(config),
      figuresOf: figuresReader(config),
      routedTo: (incident) => routeFor(incident).assignee,
      wishing: wishingBy({ ...acting, clock }),
      recording,
      logger: logger.child({ component: "commands" }),
      metrics: commandsMetrics(registry),
    },
    stopping.signal,
  );
  lifecycle.onStop("commands", async () => {
    stopping.abort();
    await working;
  });
}
