/**
 * Notices that two processes on one store decide by different settings. What is decided about a model then depends on
 * which process holds its partition. Once they have differed for two minutes, the process that loaded its settings
 * earlier is not ready.
 */
import type { Logger } from "pino";
import { type CheckFinding, fine } from "../finding.ts";
import { isoTime } from "../iso-time.ts";
import {
  announceSettings,
  differingSettings,
  type OtherSettings,
  withdrawSettings,
} from "../store/settings/process-settings.ts";
import type { Store } from "../store/store.ts";
import { settingsMetric } from "../telemetry/metrics.ts";
import { startProbe } from "../telemetry/probe.ts";
import { AddressAgreement, addressesOf } from "./address-agreement.ts";
import { decidingHash, olderHash } from "./deciding-settings.ts";
import type { StoredParts } from "./parts.ts";

export interface AgreementOptions {
  readonly store: Pick<Store, "query">;
  readonly owner: string;
  readonly hash: string;
  /** The hash that programs before schema version 22 compare with theirs. */
  readonly olderHash: string;
  readonly logger: Logger;
  /** A process without a sign of life for this long counts as dead. Default: 30 s. */
  readonly ttlMs?: number;
  /** Time to roll out a configuration to all processes. Default: 2 min. */
  readonly graceMs?: number;
}

const everyMs = 10_000;

/** Call `look` regularly. */
export class SettingsAgreement {
  readonly #options: AgreementOptions;
  #loadedAtMs: number | undefined;
  #others: readonly OtherSettings[] = [];

  constructor(options: AgreementOptions) {
    this.#options = options;
  }

  /** Live processes with other settings, when they were last looked for. */
  get others(): number {
    return this.#others.length;
  }

  async look(): Promise<readonly CheckFinding[]> {
    const { store, owner, hash, olderHash: older, ttlMs = 30_000 } = this.#options;
    try {
      const mine = { owner, hash, olderHash: older, loadedAtMs: this.#loadedAtMs };
      this.#loadedAtMs = await announceSettings(store, mine, ttlMs);
      const others = await differingSettings(store, owner);
      this.#logChanges(others);
      this.#others = others;
    } catch {
      // The store is unavailable. The part `store` of the readiness reports that.
    }
    return [this.#finding()];
  }

  async leave(): Promise<void> {
    await withdrawSettings(this.#options.store, this.#options.owner).catch(() => undefined);
  }

  /** Logs once for each process that differs, and once when all agree. */
  #logChanges(others: readonly OtherSettings[]): void {
    const { logger } = this.#options;
    const known = new Set(this.#others.map(({ owner }) => owner));
    for (const { owner, isNewer, loadedAtMs } of others) {
      if (known.has(owner)) continue;
      const fields = { other: owner, otherIsNewer: isNewer, otherLoadedAt: isoTime(loadedAtMs) };
      logger.warn(fields, "another process decides by other settings");
    }
    if (others.length === 0 && known.size > 0)
      logger.info("all processes decide by the same settings");
  }

  #finding(): CheckFinding {
    const { graceMs = 120_000 } = this.#options;
    const newer = this.#others.find(({ isNewer, forMs }) => isNewer && forMs >= graceMs);
    if (newer === undefined) return fine("settings", "no newer settings are in use");
    const since = isoTime(newer.loadedAtMs);
    const message = `process ${newer.owner} decides by other settings, which it loaded later (${since})`;
    const hint = "Give all processes of a store the same configuration, and restart this one.";
    return { ...fine("settings", message), ok: false, hint };
  }
}

export function buildSettingsAgreement(parts: StoredParts): void {
  const { config, store, owner, health, lifecycle, registry } = parts;
  const logger = parts.logger.child({ component: "health" });
  const hashes = { hash: decidingHash(config), olderHash: olderHash(config) };
  const agreement = new SettingsAgreement({ store, owner, ...hashes, logger });
  settingsMetric(registry, () => agreement.others);
  const read = new AddressAgreement({ store, owner, addresses: () => addressesOf(config), logger });
  const look = async (): Promise<readonly CheckFinding[]> => {
    await read.look();
    return agreement.look();
  };
  const probe = startProbe({ look, everyMs, againMs: everyMs });
  health.register("settings", () => probe.health());
  lifecycle.onStop("settings", async () => {
    probe.stop();
    await agreement.leave();
    await read.leave();
  });
}
