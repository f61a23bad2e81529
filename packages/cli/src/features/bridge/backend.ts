/**
 * Backend: the server of a mini program's publisher, asked on behalf of the people who were given the program
 * (docs/spec/programs.md PR53, PR54, PR58). It is the one that `--backend` names, whatever address the program asks
 * for, so that no program makes this machine ask anybody else.
 */
import { randomBytes } from "node:crypto";
import { programStateLimits } from "@yanshu/content";
import { requestMethods } from "@yanshu/mini";
import { wholeWithin } from "../../whole-within.ts";
import { isHere } from "./callback.ts";

export type Sessions = ReturnType<typeof sessionsOf>;

const codeMs = 300_000;
const codesMax = 10_000;

/** Codes by which the server learns who logged in: each is good once, for five minutes. */
export function sessionsOf(nowMs: () => number) {
  const codes = new Map<string, { readonly openid: string; readonly untilMs: number }>();
  return {
    begin(openid: string): string {
      for (const [code, { untilMs }] of codes) if (untilMs < nowMs() || codes.size >= codesMax) codes.delete(code);
      const code = randomBytes(24).toString("base64url");
      codes.set(code, { openid, untilMs: nowMs() + codeMs });
      return code;
    },
    /** @checks PR54 */
    end(code: string): { readonly openid: string; readonly session_key: string } | undefined {
      const known = codes.get(code);
      codes.delete(code);
      if (known === undefined || known.untilMs < nowMs()) return undefined;
      return { openid: known.openid, session_key: randomBytes(16).toString("base64") };
    },
  };
}

/**
 * What a program says by headers: what it asks for, and who it is by its own server's word. A server believes others
 * of whoever stands before it, such as whose address or `openid` it is, so no other is passed on.
 */
const passed =
  /^(?:accept|accept-language|authorization|cache-control|content-type|cookie|if-(?:none-)?match|if-(?:un)?modified-since|range|x-requested-with)$/;
/** Names that programs choose for it, such as `token` and `x-shop-token`. */
const own =
  /^(?:x-)?(?:(?!wx|real|forwarded|original|client|user|remote|ms|amz|goog|cf)[a-z0-9]+[-_])?(?:token|session|sessionid)$/;
/** Of the answer's way here, and not of the answer. */
const ofConnection =
  /^(?:connection|content-length|content-encoding|transfer-encoding|upgrade|trailer|keep-alive|proxy-.*)$/;
const answerMsMax = 20_000;
const answerBytesMax = 96_000;
const headersMax = 50;

type Asked = { readonly [name: string]: unknown };
type Backend = { readonly url: string | undefined; readonly sessions: Sessions; readonly isOver: AbortSignal };

/** Of Bun's fetch: without `false` it sends to loopback, too, by the proxy that `HTTP_PROXY` names. */
type NoProxy = RequestInit & { readonly proxy?: false };

/**
 * @param id of the question: the server knows by it one that is asked again.
 * @param words what a program asks. Returns the answer, or a `fail` in WeChat's words.
 */
export async function answerOf(
  { url, sessions, isOver }: Backend,
  openid: string,
  id: string,
  words: string,
): Promise<string> {
  const asked = askedIn(words);
  if (asked === undefined) return failed("invalid data");
  if (asked["kind"] === "login") return JSON.stringify({ code: sessions.begin(openid) });
  const { url: wanted, method, headers, body } = asked;
  if (url === undefined) return failed("no network");
  const to = asked["kind"] === "request" && typeof wanted === "string" ? addressAt(url, wanted) : undefined;
  if (to === undefined) return failed("invalid url");
  if (typeof method !== "string" || !requestMethods.includes(method)) return failed("invalid method");
  if (body !== undefined && typeof body !== "string") return failed("invalid data");
  try {
    const signal = AbortSignal.any([isOver, AbortSignal.timeout(answerMsMax)]);
    const given: NoProxy = { method, headers: headersIn(headers, id), signal, redirect: "error" };
    const whole: NoProxy = {
      ...given,
      ...(body === undefined ? {} : { body }),
      ...(isHere(to) ? { proxy: false } : {}),
    };
    const answer = await fetch(to, whole as RequestInit);
    const bytes = await wholeWithin(answer, { bytesMax: answerBytesMax });
    const told = [...answer.headers].filter(([name]) => !ofConnection.test(name)).slice(0, headersMax);
    const text = Buffer.from(bytes).toString();
    const said = JSON.stringify({ status: answer.status, headers: Object.fromEntries(told), body: text });
    return said.length > programStateLimits.askedMax ? failed("data too large") : said;
  } catch {
    return failed(isOver.aborted ? "interrupted" : "connect error");
  }
}

/**
 * The path and the query that a program asks for, under the address that `--backend` names. Undefined where it is none,
 * or would lead out of it: a server may read `%2e%2e%2f` or a backslash as the way up, however often it was encoded.
 *
 * @checks PR58
 */
export function addressAt(base: string, wanted: string): URL | undefined {
  if (!URL.canParse(wanted) || !isOfHttp(wanted) || climbs(wanted)) return undefined;
  const { pathname, search } = new URL(wanted);
  const root = new URL(base);
  const to = new URL(root.origin);
  to.pathname = `${root.pathname.replace(/\/+$/, "")}${pathname}`;
  to.search = search;
  return to;
}

const isOfHttp = (address: string) => /^https?:\/\/[^/\\]/i.test(address);

const encoded = /%([0-9a-f]{2})/gi;
const encodedTimesMax = 4;
const hasControls = (path: string) =>
  Array.from({ length: path.length }, (_, at) => path.charCodeAt(at)).some((code) => code < 32 || code === 127);

function climbs(address: string): boolean {
  let path = address.split(/[?#]/, 1)[0] ?? "";
  for (let times = 0; path.search(encoded) >= 0; times += 1) {
    if (times === encodedTimesMax) return true;
    path = path.replaceAll(encoded, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  // A tab or the end of a line is passed over where an address is read.
  // Some take what follows the points away; and two bytes that no character begins with are points to some.
  return hasControls(path) || /\\|[\u00c0\u00c1]|(?:^|\/)\.{1,2}(?![\w.-])/.test(path);
}

const failed = (fail: string) => JSON.stringify({ fail });

function askedIn(words: string): Asked | undefined {
  try {
    const asked: unknown = JSON.parse(words);
    return typeof asked === "object" && asked !== null ? (asked as Asked) : undefined;
  } catch {
    return undefined;
  }
}

/** A server that opens some pages to its own machine alone sees by these that somebody else asks. */
const fromOutside = { via: "1.1 yanshu-bridge", "x-forwarded-for": "0.0.0.0" } as const;

/** @checks PR58 */
function headersIn(headers: unknown, id: string): Headers {
  const taken = new Headers({ "idempotency-key": id, ...fromOutside });
  const all = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  for (const [name, value] of all.slice(0, headersMax)) {
    const lower = name.toLowerCase();
    if (typeof value !== "string" || !(passed.test(lower) || own.test(lower))) continue;
    try {
      taken.set(name, value);
    } catch {
      // What is no header of HTTP is left out.
    }
  }
  return taken;
}
