/**
 * Publisher: what a program asks of its publisher's own server (docs/spec/programs.md PR53). Nothing here reaches a
 * network: the app carries the question to the account that gave the program, as a message, and the answer back.
 */
import { frameLimits, requestMethods } from "../frame-messages.ts";
import { type Ending, type Options, optionsOf, type Result } from "./called.ts";
import type { ToApp } from "./storage.ts";

type Calls = Record<string, unknown>;
type Answered = {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly code?: unknown;
  readonly fail?: unknown;
};

const form = "application/x-www-form-urlencoded";

/** Calls of a program that was given by its publisher, in the chat of the two. */
export function publisherCalls(app: ToApp, end: Ending): Calls {
  let mayWrite: Promise<unknown> | undefined;
  let hasLoggedIn = false;

  /** The person is asked once, however many questions a program begins with. */
  function leave(): Promise<unknown> {
    mayWrite ??= app.ask({ kind: "want", what: "publisher" }).catch((error: unknown) => {
      mayWrite = undefined;
      throw error;
    });
    return mayWrite;
  }

  async function write(question: Readonly<Record<string, unknown>>): Promise<Answered> {
    await leave();
    const words = JSON.stringify(question);
    if (words.length > frameLimits.askedMax) throw new Error("data too large");
    const { words: answer } = await app.ask({ kind: "write", words });
    const answered = JSON.parse(String(answer)) as Answered;
    if (answered.fail !== undefined) throw new Error(textOf(answered.fail));
    return answered;
  }

  async function request(options: Options): Promise<Result> {
    const { status, headers, body } = await write(questionOf(options));
    const text = textOf(body);
    const data = options["dataType"] === undefined || options["dataType"] === "json" ? readable(text) : text;
    return { data, statusCode: Number(status), header: headers ?? {}, cookies: [] };
  }

  async function login(): Promise<Result> {
    const { code } = await write({ kind: "login" });
    hasLoggedIn = true;
    return { code: String(code) };
  }

  return {
    request: (options: unknown) => {
      let isAborted = false;
      const answered = request(optionsOf(options)).then((result) => {
        if (isAborted) throw new Error("abort");
        return result;
      });
      const returned = end.later(options, "request", answered) ?? {};
      const task = {
        abort: () => {
          isAborted = true;
        },
        onHeadersReceived: () => undefined,
        offHeadersReceived: () => undefined,
      };
      return Object.assign(returned, task);
    },
    login: (options: unknown) => end.later(options, "login", login()),
    checkSession: (options: unknown) =>
      hasLoggedIn ? end.ok(options, "checkSession") : end.fail(options, "checkSession", "session expired"),
    getNetworkType: (options: unknown) => end.ok(options, "getNetworkType", { networkType: "wifi" }),
  };
}

/** As WeChat writes it: what is asked by GET stands in the address, else in the body. @throws where it is none. */
function questionOf({ url, method, data, header }: Options): Readonly<Record<string, unknown>> {
  const how = typeof method === "string" ? method.toUpperCase() : "GET";
  if (!requestMethods.includes(how) || typeof url !== "string" || !URL.canParse(url)) throw new Error("invalid url");
  const address = new URL(url);
  const headers = Object.fromEntries(
    Object.entries(optionsOf(header)).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const said = typeof data === "object" && data !== null ? Object.entries(data) : [];
  if (how === "GET" || how === "HEAD") {
    for (const [name, value] of said) address.searchParams.set(name, wordsOf(value));
    return { kind: "request", url: address.href, method: how, headers };
  }
  const type = headers["content-type"] ?? "application/json";
  const body =
    typeof data === "string"
      ? data
      : type.includes(form)
        ? new URLSearchParams(said.map(([name, value]) => [name, wordsOf(value)])).toString()
        : JSON.stringify(data ?? {});
  return { kind: "request", url: address.href, method: how, headers: { ...headers, "content-type": type }, body };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
const wordsOf = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
