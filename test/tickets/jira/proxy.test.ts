/** The way to Jira through a proxy, as the environment names it. FR-J6. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { exchange } from "../../../src/http-exchange.ts";
import { type Environment, proxyFor } from "../../../src/tickets/jira/proxy.ts";
import { errorOf, openExample } from "./open-example.ts";

/** Of a server on this machine, for this test alone; nobody trusts it. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNFgz8iOQQ4TrX1bd
n8Loeca10xzFGq+f2NVNmRSAllWhRANCAAQNUZ0kDOoO/w4JxUain4CP+u25Wub8
0E9lMMYeZX3kfRt+DtWCkUMV84DfnpOKtzkuH47cPHk7yOwhk1Bn65gV
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUTbkaBT7KIGNlVPUg2yJpfrUwIZgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjIyNDM0MFoYDzIxMjYxMTAy
MjI0MzQwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQNUZ0kDOoO/w4JxUain4CP+u25Wub80E9lMMYeZX3kfRt+DtWCkUMV
84DfnpOKtzkuH47cPHk7yOwhk1Bn65gVo28wbTAdBgNVHQ4EFgQUimVMMQbuiBqh
UPcOi4RtATQFWDIwHwYDVR0jBBgwFoAUimVMMQbuiBqhUPcOi4RtATQFWDIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAO1YqiGxlSsLf7mPpoh71YSB/U5FzpJyGBuMnPvBJlrDAiEA
7KJaZF/tcfXokNJtMtdQ+SOpyfuIKKWjxbf8dVMwYQw=
-----END CERTIFICATE-----`;

function listening(server: Server): Promise<number> {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

interface Proxy {
  readonly url: string;
  readonly asked: IncomingMessage[];
}

/** @param status of its answer; 200 lets everything through */
async function proxy(status: number): Promise<Proxy> {
  const asked: IncomingMessage[] = [];
  const open = new Set<Socket>();
  const server = createServer();
  server.on("connect", (request, socket: Socket) => {
    asked.push(request);
    open.add(socket);
    socket.on("error", () => undefined).write(`HTTP/1.1 ${status} Said\r\n\r\n`);
    if (status !== 200) socket.end();
    if (status !== 200) return;
    const [host = "", port] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host);
    open.add(onward);
    onward.on("error", () => undefined).pipe(socket);
    socket.pipe(onward);
  });
  onTestFinished(() => open.forEach((socket) => socket.destroy()));
  return { url: `http://ann:pass%20word@127.0.0.1:${await listening(server)}`, asked };
}

const https = new URL("https://jira.example.com/jira");

describe("which proxy leads to Jira", () => {
  it.each<[string, Environment, string | undefined]>([
    ["none is named", {}, undefined],
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://p:3128" }, "http://p:3128/"],
    ["small letters win", { https_proxy: "http://a:1", HTTPS_PROXY: "http://b:2" }, "http://a:1/"],
    ["without a scheme", { HTTPS_PROXY: "p:3128" }, "http://p:3128/"],
    ["exempt by name", { HTTPS_PROXY: "p:1", NO_PROXY: "jira.example.com" }, undefined],
    ["exempt by domain", { HTTPS_PROXY: "p:1", NO_PROXY: "a.b, .example.com" }, undefined],
    ["exempt by star", { HTTPS_PROXY: "p:1", no_proxy: "*" }, undefined],
    ["exempt by port", { HTTPS_PROXY: "p:1", NO_PROXY: "example.com:443" }, undefined],
    ["another port", { HTTPS_PROXY: "p:1", NO_PROXY: "example.com:8443" }, "http://p:1/"],
    ["another name", { HTTPS_PROXY: "p:1", NO_PROXY: "notexample.com,ample.com" }, "http://p:1/"],
  ])("FR-J6: %s", (_what, environment, expected) => {
    expect(proxyFor(https, environment)?.href).toBe(expected);
  });

  it("FR-J6: is none for plain http, which is for this machine only", () => {
    expect(proxyFor(new URL("http://127.0.0.1:2990"), { HTTPS_PROXY: "p:1" })).toBeUndefined();
  });

  it("FR-J6: is said to be wrong when it is no http proxy", async () => {
    const environment = { HTTPS_PROXY: "socks5://p:1080" };
    const opening = Promise.resolve().then(() => openExample(https.href, { environment }));
    expect((await errorOf(opening)).code).toBe("DW_JIRA_BAD_PROXY");
  });
});

const plain = {
  method: "GET",
  headers: {},
  body: undefined,
  deadlineMs: 10_000,
  maxBodyBytes: 1000,
} as const;

describe("a request through a proxy", () => {
  it("FR-J6: reaches Jira by a tunnel, in which only Jira's own certificate counts", async () => {
    const through = await proxy(200);
    const jira = createTlsServer({ key, cert }, (_request, response) => response.end("{}"));
    const port = await listening(jira);
    const environment = { HTTPS_PROXY: through.url };
    const asking = openExample(`https://127.0.0.1:${port}`, { environment }).ping();
    const error = await errorOf(asking);
    expect(error).toMatchObject({ code: "DW_TRACKER_UNREACHABLE", maybeApplied: false });
    expect(error.message).toContain("SELF_SIGNED_CERT");
    expect(through.asked.map(({ url }) => url)).toEqual([`127.0.0.1:${port}`]);
    const basic = Buffer.from("ann:pass word").toString("base64");
    expect(through.asked[0]?.headers["proxy-authorization"]).toBe(`Basic ${basic}`);
  });

  it("trusts the configured CA, through a proxy and without one", async () => {
    const through = await proxy(200);
    const jira = createTlsServer({ key, cert }, (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ accountId: "1", displayName: "bot" }));
    });
    const url = `https://127.0.0.1:${await listening(jira)}`;
    const environment = { HTTPS_PROXY: through.url };
    await openExample(url, { ca: () => cert }).ping();
    await openExample(url, { ca: () => cert, environment }).ping();
    expect(through.asked).toHaveLength(1);
    const error = await errorOf(openExample(url).ping());
    expect(error.message).toContain("SELF_SIGNED_CERT");
    expect(error.hint).toContain("jira.ca_file");
  });

  it.each([
    ["http://127.0.0.1/", "127.0.0.1:80"],
    ["https://127.0.0.1/", "127.0.0.1:443"],
    ["http://127.0.0.1:2990/", "127.0.0.1:2990"],
  ])("to %s asks the proxy for %s", async (url, target) => {
    const through = await proxy(502);
    await exchange({ ...plain, url: new URL(url), proxy: new URL(through.url) });
    expect(through.asked.map((request) => request.url)).toEqual([target]);
  });

  it("to plain http runs through the tunnel without TLS", async () => {
    const through = await proxy(200);
    const site = createServer((_request, response) => response.end("here"));
    const url = new URL(`http://127.0.0.1:${await listening(site)}`);
    const reply = await exchange({ ...plain, url, proxy: new URL(through.url) });
    expect(reply).toMatchObject({ status: 200, text: "here" });
    expect(through.asked).toHaveLength(1);
  });

  it.each([407, 502])(
    "FR-J6: is not sent when the proxy answers %i, and says so",
    async (status) => {
      const through = await proxy(status);
      const environment = { HTTPS_PROXY: through.url };
      const error = await errorOf(openExample(https.href, { environment }).ping());
      expect(error).toMatchObject({ unavailable: true, maybeApplied: false });
      expect(error.message).toContain(`proxy ${new URL(through.url).host}: it answered ${status}`);
      expect(error.message).not.toContain("pass");
    },
  );

  it("FR-J6: says that the proxy does not answer, and not that Jira is unreachable", async () => {
    const silent = createServer().on("connect", (_, socket: Socket) => {
      onTestFinished(() => void socket.destroy());
    });
    const host = `127.0.0.1:${await listening(silent)}`;
    const client = openExample(https.href, {
      environment: { HTTPS_PROXY: `http://${host}` },
      deadlineMs: 50,
    });
    const error = await errorOf(client.ping());
    expect(error).toMatchObject({ code: "DW_TRACKER_TIMEOUT", maybeApplied: false });
    expect(error.message).toContain(`proxy ${host}: no answer within 0.05 s`);
  });

  it("FR-J6: says that the proxy is not there", async () => {
    const environment = { HTTPS_PROXY: "http://127.0.0.1:1" };
    const error = await errorOf(openExample(https.href, { environment }).ping());
    expect(error.message).toContain("proxy 127.0.0.1:1: ECONNREFUSED");
  });
});
