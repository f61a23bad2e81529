/**
 * Handed out: what a home hands out, asked for as a browser asks (docs/spec/terminal.md TE18, TE23). What comes back is
 * bounded, and nothing of it is run or written.
 */
import { createHash } from "node:crypto";
import { programFrames, securityHeaders } from "@yanshu/release";

/** What a home can do with an answer besides sending a file; `header` is the name of one that is not known. */
export type Trick =
  | { readonly what: "led-elsewhere" | "loads-more" | "forgets" | "no-policy" }
  | { readonly what: "says-more"; readonly header: string };
export type Handed = {
  /** SHA-256 in hex; undefined: there is no such file. */
  readonly hash: string | undefined;
  readonly text: string;
  readonly tricks: readonly Trick[];
};
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const bytesMax = 16 << 20;
const msMax = 60_000;
/** As a browser says who it is, so that a home does not tell the two apart by this alone. */
const asBrowser = {
  "user-agent":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "accept-language": "zh-CN,zh;q=0.9,en;q=0.8",
};
const asPage = {
  accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
};
const asFile = { accept: "*/*", "sec-fetch-dest": "script", "sec-fetch-mode": "cors" };
const policyName = "content-security-policy";
/** Headers that lead a browser away from the bytes of a file, and how. */
const known: Readonly<Record<string, Exclude<Trick["what"], "says-more">>> = {
  refresh: "led-elsewhere",
  link: "loads-more",
  "speculation-rules": "loads-more",
  "clear-site-data": "forgets",
};
/** Headers that change no code: of files, of the connection, and of proxies on the way. */
const harmless = new Set(
  [
    "accept-ranges age cache-control content-encoding content-length content-type date etag expires",
    "last-modified pragma transfer-encoding vary alt-svc connection",
    "keep-alive server strict-transport-security via x-powered-by cf-cache-status cf-ray",
    "nel report-to server-timing x-cache x-frame-options x-request-id x-robots-tag x-xss-protection",
  ].flatMap((names) => names.split(" ")),
);

/**
 * A page that draws mini programs has a policy of its own (docs/spec/programs.md PR10, PR30).
 *
 * @param path with its first slash. @param isPage as the person opens it, rather than as the page loads it.
 * @throws where home cannot be reached, or sends what is no file of an app.
 */
export async function handedOut(get: Fetch, origin: string, path: string, isPage: boolean): Promise<Handed> {
  const headers = { ...asBrowser, ...(isPage ? asPage : asFile), "cache-control": "no-cache" };
  const answer = await get(`${origin}${path}`, { headers, redirect: "manual", signal: AbortSignal.timeout(msMax) });
  const tricks = tricksOf(answer, { ...securityHeaders, ...programFrames[path] });
  if (!answer.ok) {
    await answer.body?.cancel();
    return { hash: undefined, text: "", tricks };
  }
  const bytes = await bytesOf(answer);
  return { hash: createHash("sha256").update(bytes).digest("hex"), text: bytes.toString("utf8"), tricks };
}

/** The bytes of a file are one thing; a header beside them can lead the browser away from them. */
function tricksOf({ ok, status, headers }: Response, own: Readonly<Record<string, string>>): readonly Trick[] {
  const isLed = status >= 300 && status < 400 && !headers.has("refresh");
  const more = [...headers].flatMap(([name, value]): readonly Trick[] => {
    const what = known[name];
    if (what !== undefined) return [{ what }];
    if (name === policyName || harmless.has(name) || own[name] === value) return [];
    return status >= 300 && status < 400 && name === "location" ? [] : [{ what: "says-more", header: name }];
  });
  // Another policy may allow what this one forbids, in ways that no list of words foresees.
  const isHeld = !ok || headers.get(policyName) === own[policyName];
  return [
    ...(isLed ? [{ what: "led-elsewhere" } as const] : []),
    ...more,
    ...(isHeld ? [] : [{ what: "no-policy" } as const]),
  ];
}

async function bytesOf(answer: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > bytesMax) throw new Error("home sends more than an app has");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
