/** Daemons of one group, of one version or of two, that join and leave while the feeder writes; and their oracles. */
import { join } from "node:path";
import type { Lifecycle } from "../../src/app/lifecycle.ts";
import { runCommand } from "../programs/command.ts";
import { msUntil, until } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { DaemonProcess } from "./daemon-process.ts";
import { seeded } from "./random.ts";
import { recordLog, watchDecisions, watchStates } from "./recording.ts";
import { watchesSince } from "./recovery.ts";
import { type Settling, settle, type Verdict } from "./verdict.ts";
import { buildWorld, models, partitions, type World } from "./world.ts";

export interface GroupOptions {
  readonly stream: "kafka" | "postgres";
  readonly seed: number;
  /** Makes the store: its `main.js`. */
  readonly first: string;
  readonly lifecycle: Lifecycle;
}

const dist = new URL("../../dist", import.meta.url).pathname;
/** Within this the group holds every partition again after one daemon was killed or came. */
export const settledWithinMs = 30_000;
/** Ends what hangs: the oracles wait for what a daemon's end left behind. */
export const testMs = 1_500_000;
/** Ends what never settles, where no time is promised. */
export const patientMs = 300_000;
/** How long each oracle is asked again while it disagrees. */
const timeoutMs = 600_000;
const say = (line: string): void => void process.stderr.write(`group: ${line}\n`);

export class Group {
  readonly #world: World;
  readonly #living = new Set<DaemonProcess>();
  readonly #joined: DaemonProcess[] = [];
  readonly #lifecycle: Lifecycle;
  #broken = 0;

  private constructor(world: World, lifecycle: Lifecycle) {
    this.#world = world;
    this.#lifecycle = lifecycle;
  }

  /** Databases, broker, doubles and the store's tables; no daemon yet. */
  static async start({ stream, seed, first, lifecycle }: GroupOptions): Promise<Group> {
    const random = seeded(seed);
    const given = { stream, docker: "double", dist, ungrouped: false, random } as const;
    const world = await buildWorld(given, lifecycle);
    const making = ["audit", "accept", "--config", world.configFile];
    const made = await runCommand(making, { program: first });
    if (made.code !== 0) throw new Error(`making the store: ${made.err}`);
    if (stream === "postgres") await recordLog(world.storeUrl);
    await watchStates(world.storeUrl);
    await watchDecisions(world.storeUrl);
    return new Group(world, lifecycle);
  }

  get storeUrl(): string {
    return this.#world.storeUrl;
  }

  get configFile(): string {
    return this.#world.configFile;
  }

  /** Starts a daemon, and resolves when it listens. @param program its `main.js` */
  async join(program: string = join(dist, "src/main.js")): Promise<DaemonProcess> {
    const { configFile, folder } = this.#world;
    const name = `daemon-${this.#joined.length + 1}`;
    const daemon = new DaemonProcess({ name, program, configFile, folder });
    this.#lifecycle.onStop(name, () => daemon.stop());
    this.#joined.push(daemon);
    this.#living.add(daemon);
    daemon.start();
    await until(() => daemon.url !== undefined);
    return daemon;
  }

  /** Models break only when `breakSome` is called. The work of a group is then the same on a slow machine. */
  calm(): void {
    this.#world.feeder.calm();
  }

  /** Breaks the next three models. A restart or some seconds cure each. */
  breakSome(): void {
    const next = [0, 1, 2].map((step) => models[(this.#broken + step) % models.length] ?? "");
    this.#broken += next.length;
    this.#world.feeder.breakModels(next);
  }

  /** Its turn is over: stopped as systemd stops it, or killed. */
  async remove(daemon: DaemonProcess, how: "stop" | "kill"): Promise<void> {
    this.#living.delete(daemon);
    await daemon[how]();
  }

  /** How many processes hold a partition. */
  async owners(): Promise<number> {
    const counted = `SELECT count(DISTINCT owner)::int AS owners, count(*)::int AS held FROM driftwarden.partitions p
      WHERE EXISTS (SELECT FROM driftwarden.members m WHERE m.owner = p.owner AND m.until > clock_timestamp())`;
    const [row] = await sql(this.storeUrl, counted);
    return row?.["held"] === partitions ? Number(row["owners"]) : 0;
  }

  /**
   * How long it takes until as many processes as live hold all partitions, each is ready, and rows of every model that
   * were written since now have been seen.
   *
   * @param mostMs counts no further
   */
  async settledMs(mostMs: number = patientMs): Promise<number> {
    const sinceMs = Date.now();
    const isSettled = async (): Promise<boolean> =>
      (await this.owners()) === Math.min(this.#living.size, partitions) &&
      (await this.#areReady()) &&
      (await watchesSince(this.#seen(), sinceMs));
    const tookMs = await msUntil(isSettled, mostMs);
    say(`${this.#living.size} daemons settled in ${tookMs / 1000} s`);
    return tookMs;
  }

  async #areReady(): Promise<boolean> {
    const answers = await Promise.all(
      [...this.#living].map(({ url }) =>
        fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(5000) }).then(
          ({ ok }) => ok,
          () => false,
        ),
      ),
    );
    return answers.every((ok) => ok);
  }

  #seen(): World {
    const [one, other, ...rest] = this.#joined;
    if (one === undefined) throw new Error("no daemon has joined");
    return { ...this.#world, daemons: [one, other ?? one, ...rest] };
  }

  /** Stops the feeder, then asks every oracle: rows, decisions, tickets, comments and runs. */
  async verdict(how: Pick<Settling, "mixed"> = {}): Promise<Verdict> {
    return await settle(this.#seen(), { say, timeoutMs, holdsModels: false, ...how });
  }
}
