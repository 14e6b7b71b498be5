/** What a fault is, and what its kinds share. The kinds stand in files of their own, `registry.ts` lists them. */
import { setTimeout as pause } from "node:timers/promises";
import type { Direction } from "../byte-cutting-proxy.ts";
import { takeoverMs, type World } from "../world.ts";

export interface Fault {
  readonly kind: string;
  /** The daemon that the fault affects, if it affects one. */
  readonly victim: 0 | 1;
  readonly direction: Direction;
  readonly bytes: number;
  /** How long it lasts, where it lasts; 0 to 1 of the kind's own range. */
  readonly length: number;
  /** Of what the kind draws for itself. */
  readonly seed: number;
  /** Happens at once with the next one. */
  readonly together: boolean;
}

/** Parts of a world that are not in every one. */
export type Present = "kafka" | "disk" | "executor";

export interface Kind {
  /** Only where there is a broker, a disk that can be filled, or an executor. */
  readonly on?: Present;
  /** It lasts for a while, in which other faults happen. The daemons have to watch meanwhile. */
  readonly lasting?: true;
  /** Resolves when what it broke is whole again. */
  readonly perform: (world: World, fault: Fault) => Promise<void>;
}

export type Kinds = Readonly<Record<string, Kind>>;

/** Longest wait for traffic. */
export const trafficMs = 300_000;

export const lasts = (fault: Fault, lowMs: number, highMs: number): Promise<void> =>
  pause(lowMs + fault.length * (highMs - lowMs));

/** Waits longer than the time after which others take over. */
export const silence = (world: World, fault: Fault): Promise<void> =>
  lasts(fault, takeoverMs(world) + 500, takeoverMs(world) + 4000);
