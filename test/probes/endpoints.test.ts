/** Probes of endpoints against servers that behave badly. What failed is told apart, and every answer is bounded. */
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcp, type Server, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type HostLookUp, isMetadataAddress } from "../../src/probes/addresses.ts";
import { askHttp } from "../../src/probes/kinds/http.ts";
import { askTcp } from "../../src/probes/kinds/tcp.ts";
import type { ProbeAnswer } from "../../src/probes/probe.ts";
import { whatItSays } from "../../src/probes/what-it-says.ts";

/** No test waits for it, but those about silence. */
const timeoutMs = 20_000;
const shortMs = 300;

async function listening(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => open.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const answering = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createServer(listener))}/healthz`;

/** A server that does this with each connection. */
const raw = (serve: (socket: Socket) => void): Promise<number> =>
  listening(
    createTcp((socket) => {
      socket.on("error", () => undefined);
      serve(socket);
    }),
  );

const leadsToMetadata: HostLookUp = async () => [{ address: "169.254.169.254", family: 4 }];

function saidOf(answer: ProbeAnswer): string {
  if (answer.status === "fine") return "fine";
  if (answer.status === "unasked") return `unasked: ${answer.reason}`;
  const { kind, reach, class: of, said } = answer.finding;
  return `${answer.status} ${kind} ${reach} ${of}: ${said.replace(/^(channels: )?http:\S+ /, "$1")}`;
}

const asked = async (http: string, given = {}, lookUp?: HostLookUp): Promise<string> =>
  saidOf(await askHttp({ http, timeoutMs, ...given }, lookUp));

describe("an HTTP endpoint", () => {
  it("is fine with any 2xx, however long its body", async () => {
    const url = await answering((_, response) => {
      response.writeHead(204).end();
    });
    expect(await asked(url)).toBe("fine");
    const endless = await answering((_, response) => {
      response.writeHead(200);
      const more = (): void => void response.write("x".repeat(8192), more);
      more();
    });
    expect(await asked(endless)).toBe("fine");
  });

  it("that answers with an error works badly, and says what fails", async () => {
    const url = await answering((_, response) => {
      response.writeHead(503).end(JSON.stringify({ failing: ["telegram", "\u001b[2Jslack"] }));
    });
    const said = await asked(url, { part: "channels" });
    expect(said).toBe(
      String.raw`failing unhealthy degraded behaviour: channels: answers 503: telegram, \u001b[2Jslack`,
    );
  });

  it("that says that it starts has a grace", async () => {
    const url = await answering((_, response) => {
      response.writeHead(503).end(JSON.stringify({ status: "starting" }));
    });
    expect(await asked(url)).toMatch(/^starting /);
  });

  it("that redirects is not followed", async () => {
    let followed = 0;
    const target = await answering((_, response) => {
      followed += 1;
      response.end();
    });
    const url = await answering((_, response) => {
      response.writeHead(302, { location: target }).end();
    });
    expect(await asked(url)).toContain("which is not followed");
    expect(followed).toBe(0);
  });

  it("that is slow works badly", async () => {
    const url = await answering((_, response) => void setTimeout(() => response.end(), 60));
    expect(await asked(url, { slowAfterMs: 1 })).toMatch(
      /^failing unhealthy degraded behaviour: answers after \d+ms \(threshold: 1ms\)$/,
    );
  });

  it("that no server listens at is silent", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await asked(`http://127.0.0.1:${port}/`)).toBe(
      "failing down silent infrastructure: refuses the connection (ECONNREFUSED)",
    );
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ["never answers", () => undefined, "down silent infrastructure: does not answer within 300ms"],
    [
      "answers byte by byte",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
        const dripping = setInterval(() => socket.write("x"), 20);
        socket.on("close", () => clearInterval(dripping));
      },
      "down silent infrastructure: does not answer within 300ms",
    ],
    [
      "never ends its answer",
      (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"),
      "unhealthy degraded behaviour: does not finish its answer within 300ms",
    ],
  ])("that %s is bounded", async (_, serve, expected) => {
    const port = await raw(serve);
    const said = await asked(`http://127.0.0.1:${port}/`, { timeoutMs: shortMs });
    expect(said).toBe(`failing ${expected}`);
  });

  it("that hangs up is silent, and one that speaks no HTTP is too", async () => {
    const gone = await raw((socket) => socket.destroy());
    expect(await asked(`http://127.0.0.1:${gone}/`)).toContain(
      "ends the connection without an answer",
    );
    const other = await raw((socket) => socket.end("220 mail.example ESMTP\r\n"));
    expect(await asked(`http://127.0.0.1:${other}/`)).toContain("failing down silent");
  });

  it("whose TLS fails says so", async () => {
    const port = await raw((socket) => socket.end("no TLS here"));
    expect(await asked(`https://127.0.0.1:${port}/`)).toMatch(
      /silent infrastructure: .* fails at TLS/,
    );
  });

  it.each([
    [
      "ENOTFOUND",
      "failing down silent infrastructure: no host has the name agent.internal (ENOTFOUND)",
    ],
    ["EAI_AGAIN", "unasked: the name server does not answer for agent.internal (EAI_AGAIN)"],
  ])("whose name gives %s", async (code, expected) => {
    const lookUp: HostLookUp = () => Promise.reject(Object.assign(new Error(code), { code }));
    expect(await asked("http://agent.internal/", {}, lookUp)).toBe(expected);
  });
});

describe("addresses that give out credentials", () => {
  it.each([
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "fd00:ec2::254",
    "fe80::1",
    "100.100.100.200",
  ])("%s is one", (address) => {
    expect(isMetadataAddress(address)).toBe(true);
  });

  it.each(["127.0.0.1", "10.169.254.1", "::1", "192.168.0.1"])("%s is none", (address) => {
    expect(isMetadataAddress(address)).toBe(false);
  });

  it("are not asked, whether by number or by a name that leads there", async () => {
    const refused = /^unasked: .*where clouds give out credentials; say metadata_address: true/;
    expect(await asked("http://169.254.169.254/latest/")).toMatch(refused);
    expect(await asked("http://[::ffff:169.254.169.254]/")).toMatch(refused);
    expect(await asked("http://2852039166/")).toMatch(refused);
    expect(await asked("http://agent.internal/", {}, leadsToMetadata)).toMatch(refused);
    const tcp = { host: "169.254.169.254", port: 80 };
    expect(saidOf(await askTcp({ tcp, timeoutMs }))).toMatch(refused);
  });

  it("a name is connected to at the address that was checked, and is looked up once", async () => {
    const url = new URL(await answering((_, response) => void response.end()));
    let times = 0;
    const lookUp: HostLookUp = async () => {
      times += 1;
      return [{ address: times === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    };
    expect(await asked(`http://agent.internal:${url.port}/`, {}, lookUp)).toBe("fine");
    expect(times).toBe(1);
  });
});

describe("a TCP endpoint", () => {
  it("is fine when it takes the connection, and silent when it refuses it", async () => {
    const server = createTcp();
    const port = await listening(server);
    const tcp = { host: "127.0.0.1", port };
    expect(saidOf(await askTcp({ tcp, timeoutMs }))).toBe("fine");
    await new Promise((resolve) => server.close(resolve));
    expect(saidOf(await askTcp({ tcp, timeoutMs }))).toBe(
      `failing down silent infrastructure: 127.0.0.1:${port} refuses the connection (ECONNREFUSED)`,
    );
  });
});

describe("what an endpoint says of itself", () => {
  it.each([
    ['{"status":"starting"}', true],
    ['{"status":"draining"}', true],
    ['{"failing":["plugin-reload"]}', true],
    ['{"failing":["telegram","starting"]}', false],
    ['{"status":"failed"}', false],
    ["<html>starting</html>", false],
    ["[]", false],
    ["null", false],
    ["", false],
  ])("%s: it starts: %s", (body, isStarting) => {
    expect(whatItSays(body).isStarting).toBe(isStarting);
  });
});
