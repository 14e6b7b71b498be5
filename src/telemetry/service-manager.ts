/**
 * Sends messages to systemd by the protocol of sd_notify(3), and finds the descriptors that systemd passed.
 *
 * Node has no Unix datagram sockets, which the protocol needs. So the unit lets systemd open the socket
 * (`OpenFile=/run/systemd/notify:notify`, systemd 253 or newer), and a message is one write to that descriptor. An
 * older systemd ignores that line of the unit. Then each message is a call of the program `systemd-notify`.
 */
import { execFile } from "node:child_process";
import { writeSync } from "node:fs";
import { messageOf } from "../errors.ts";

type ServiceEnvironment = Readonly<Record<string, string | undefined>>;

/** Fields of a message, for example `{ READY: "1" }`. */
export type ServiceMessage = Readonly<Record<string, string>>;

export interface ServiceManager {
  /** Sends a message. It does not wait for the answer, because there is none. */
  notify(message: ServiceMessage): void;
  /** systemd kills the service if it gets no `WATCHDOG=1` for this long, ms; undefined if it does not watch. */
  readonly watchdogMs: number | undefined;
}

export interface ServiceManagerOptions {
  /** Of the process. */
  readonly environment: ServiceEnvironment;
  /** Called with the reason whenever a message could not be sent. */
  readonly onFailure: (reason: string) => void;
}

/** The name that the units give to the descriptor. */
const notifyName = "notify";
const firstFd = 3;

/** @returns undefined if systemd expects no messages from this process */
export function openServiceManager({
  environment,
  onFailure,
}: ServiceManagerOptions): ServiceManager | undefined {
  const { notify: fd } = passedFds(environment);
  if (fd === undefined && !environment["NOTIFY_SOCKET"]) return undefined;
  const send = fd === undefined ? sendByProgram(onFailure) : sendTo(fd, onFailure);
  return {
    notify: (message) =>
      send(Object.entries(message).map(([key, value]) => `${key}=${line(value)}`)),
    watchdogMs: watchdogMs(environment),
  };
}

/** What systemd passed to this process: its connection to systemd, and the socket on which it is to listen. */
export interface PassedFds {
  readonly notify?: number;
  readonly socket?: number;
}

/** The descriptors that systemd passed to this process, by their names. */
export function passedFds({
  LISTEN_PID,
  LISTEN_FDS,
  LISTEN_FDNAMES,
}: ServiceEnvironment): PassedFds {
  if (LISTEN_PID !== String(process.pid)) return {};
  const names = (LISTEN_FDNAMES ?? "").split(":").slice(0, Number(LISTEN_FDS) || 0);
  const fds = names.map((name, index) => ({ name, fd: firstFd + index }));
  const notify = fds.find(({ name }) => name === notifyName)?.fd;
  const socket = fds.find(({ name }) => name !== notifyName)?.fd;
  return { ...(notify !== undefined && { notify }), ...(socket !== undefined && { socket }) };
}

function watchdogMs({ WATCHDOG_PID, WATCHDOG_USEC }: ServiceEnvironment): number | undefined {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)) return undefined;
  const ms = Number(WATCHDOG_USEC) / 1000;
  return ms > 0 ? ms : undefined;
}

/** A field ends at the end of its line. */
const line = (text: string): string => text.replaceAll(/\s+/g, " ");

function sendTo(fd: number, onFailure: (reason: string) => void) {
  return (fields: readonly string[]): void => {
    try {
      writeSync(fd, fields.join("\n"));
    } catch (error) {
      onFailure(messageOf(error));
    }
  };
}

function sendByProgram(onFailure: (reason: string) => void) {
  return (fields: readonly string[]): void => {
    execFile("systemd-notify", fields, { timeout: 10_000 }, (error) => {
      if (error !== null) onFailure(messageOf(error));
    });
  };
}
