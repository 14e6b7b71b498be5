/** A sandbox behind a server that is odd on purpose: it changes what it passes on, or what comes back. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Passed {
  readonly method: string;
  /** Below /rest/api/2, with its query. */
  readonly path: string;
}

export interface OddAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Oddity {
  /** The request does not reach the sandbox, and gets this. */
  readonly instead?: (request: Passed) => OddAnswer | undefined;
  /** How the request is passed on. */
  readonly path?: (path: string) => string;
  readonly answer?: (answer: OddAnswer, request: Passed) => OddAnswer;
}

export interface OddJira extends AsyncDisposable {
  readonly url: string;
}

export async function oddJira(to: string, oddity: Oddity): Promise<OddJira> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url = "/" } = request;
    const passed = { method, path: url.replace("/rest/api/2", "") };
    const body = await bytesOf(request);
    const given = oddity.instead?.(passed);
    const answered = given ?? (await passOn(request, body));
    const { status, body: text } = oddity.answer?.(answered, passed) ?? answered;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 204 ? undefined : text);
  };
  const passOn = async (request: IncomingMessage, body: Buffer): Promise<OddAnswer> => {
    const { method = "GET", url = "/", headers } = request;
    const answer = await fetch(`${to}${oddity.path?.(url) ?? url}`, {
      method,
      headers: {
        authorization: headers.authorization ?? "",
        "accept-language": headers["accept-language"] ?? "",
        "content-type": headers["content-type"] ?? "application/json",
        "x-atlassian-token": "no-check",
      },
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    return { status: answer.status, body: await answer.text() };
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const notThere = JSON.stringify({ errorMessages: ["null for uri"], errors: {} });

/** Some emulators, and gateways with a list of paths, have no serverInfo. */
export const withoutServerInfo: Oddity = {
  instead: ({ path }) =>
    path.startsWith("/serverInfo") ? { status: 404, body: notThere } : undefined,
};

/** Of several parameters of one name only the last one is read. */
export const lastParameterOnly: Oddity = {
  path: (path) => {
    const [plain = "", query = ""] = path.split("?");
    const last = new Map(new URLSearchParams(query));
    return query === "" ? plain : `${plain}?${new URLSearchParams([...last]).toString()}`;
  },
};

/** Refusals in the envelope of a gateway, which names no field. */
export const otherEnvelope: Oddity = {
  answer: (answer) => {
    if (answer.status < 400) return answer;
    const { errorMessages = [], errors = {} } = JSON.parse(answer.body);
    const says = [...errorMessages, ...Object.values(errors)].join(" ");
    return { ...answer, body: JSON.stringify({ status: answer.status, message: says }) };
  },
};

/** The first read after a change shows what was before it: of a new issue nothing. */
export function commitsLater(): Oddity {
  const shown = new Map<string, OddAnswer>();
  /** Issues whose last change no read has passed, with what a read that is the first of its kind gets. */
  const changed = new Map<string, OddAnswer | undefined>();
  const write = (issue: string | undefined, answer: OddAnswer): OddAnswer => {
    if (issue !== undefined) changed.set(issue, undefined);
    else if (answer.body.includes('"key"'))
      changed.set(JSON.parse(answer.body).id, { status: 404, body: notThere });
    return answer;
  };
  return {
    answer: (answer, { method, path }) => {
      const issue = /^\/issue\/(\d+)/.exec(path)?.[1];
      if (method !== "GET") return answer.status < 300 ? write(issue, answer) : answer;
      if (issue === undefined) return answer;
      const before = shown.get(path) ?? changed.get(issue) ?? answer;
      shown.set(path, answer);
      return changed.delete(issue) ? before : answer;
    },
  };
}

/** The first request that fits is refused because another change is under way. */
export function busyOnce(method: string, path: RegExp): Oddity {
  let isBusy = true;
  return {
    instead: (request) => {
      if (!isBusy || request.method !== method || !path.test(request.path)) return undefined;
      isBusy = false;
      return { status: 409, body: JSON.stringify({ errorMessages: ["In progress"], errors: {} }) };
    },
  };
}
