/**
 * Calls: the part of WeChat's interface by which a bot speaks first, and asks who is there (docs/spec/bridge.md PA37).
 * Errors have WeChat's numbers, by which its libraries decide what they do next.
 */
import { randomBytes } from "node:crypto";
import { linkToPlace, linkWithScene } from "@yanshu/mini";
import { wholeWithin } from "../../whole-within.ts";
import type { Sessions } from "./backend.ts";
import { codePicture } from "./code-picture.ts";
import { type MenuShelf, menuIn } from "./menu.ts";
import { type Json, type Said, type Sayings, saidInJson, saidInTemplate, wordsIn } from "./said.ts";
import { type Scenes, sceneAsked } from "./scenes.ts";
import type { Account } from "./sealing.ts";
import { fileBytesMax, type Shelf } from "./shelf.ts";

export type Person = { readonly openid: string; readonly name: string };

export type Office = {
  readonly account: Account;
  readonly shelf: Shelf;
  /** Codes of people who logged in to a mini program of the account. */
  readonly sessions: Sessions;
  readonly menu: MenuShelf;
  readonly scenes: Scenes;
  /** The menu is another one: who has the former is shown it. */
  readonly menuChanged: () => void;
  readonly people: () => readonly Person[];
  /** The account's own contact link. */
  readonly link: () => Promise<string>;
  /** Returns whether it was said. */
  readonly say: (openid: string, said: readonly Said[]) => Promise<boolean>;
  readonly nowMs: () => number;
};

type Call = (asked: {
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly request: Request;
}) => Promise<Json>;

const tokenSeconds = 7_200;
/** For so long a token still opens after the next one was given. */
const overlapMs = 300_000;
const bodyBytesMax = 1 << 20;
const uploadPath = "/cgi-bin/media/upload";
const codePaths = new Set(["/wxa/getwxacodeunlimit", "/wxa/getwxacode", "/cgi-bin/wxaapp/createwxaqrcode"]);
const peopleMax = 10_000;

const fault = (errcode: number, errmsg: string): Json => ({ errcode, errmsg });
const done: Json = fault(0, "ok");
const unauthorized = fault(48_001, "api unauthorized");
const unknownPerson = fault(40_003, "invalid openid");

/** What WeChat's interface has and the bridge has not. */
const isWeChats = (path: string) =>
  /^\/(?:cgi-bin|card|merchant|shakearound|device|semantic|pay|datacube|wxa|sns|customservice|scan|bizwifi)\//.test(
    path,
  );

export function callsOf(office: Office): (request: Request) => Promise<Response> {
  const { account, shelf, sessions, menu, menuChanged, scenes, people, link, say, nowMs } = office;
  const tokens = tokensOf(nowMs);
  const isKnown = (openid: unknown) => people().some((one) => one.openid === openid);

  async function saying(openid: unknown, said: Sayings): Promise<Json> {
    if (typeof openid !== "string" || !isKnown(openid)) return unknownPerson;
    if (said === undefined) return fault(40_008, "invalid message type");
    if (said.length === 0) return fault(44_004, "empty content");
    return (await say(openid, said)) ? done : fault(45_015, "response out of time limit or subscription is canceled");
  }

  const infoOf = (openid: unknown): Json => {
    const one = people().find((person) => person.openid === openid);
    if (one === undefined) return { subscribe: 0, openid: wordsIn(openid) };
    return { subscribe: 1, openid: one.openid, nickname: one.name, language: "zh_CN", remark: "", tagid_list: [] };
  };

  const calls: Readonly<Record<string, Call>> = {
    "/cgi-bin/message/custom/send": async ({ body }) => saying(body["touser"], saidInJson(body)),
    "/cgi-bin/message/custom/typing": async ({ body }) => (isKnown(body["touser"]) ? done : unknownPerson),
    "/cgi-bin/message/template/send": async ({ body }) => {
      const answer = await saying(body["touser"], saidInTemplate(body));
      return answer === done ? { ...done, msgid: nowMs() } : answer;
    },
    "/cgi-bin/menu/create": async ({ body }) => {
      // @checks PA13
      if (menuIn(body) === undefined) return fault(40_016, "invalid button size");
      menu.set({ button: body["button"] });
      menuChanged();
      return done;
    },
    "/cgi-bin/menu/get": async () => {
      const held = menu.current();
      return held === undefined ? fault(46_003, "menu no exist") : { menu: held };
    },
    "/cgi-bin/menu/delete": async () => {
      menu.set(undefined);
      menuChanged();
      return done;
    },
    "/cgi-bin/user/get": async ({ query }) => {
      const all = people().map(({ openid }) => openid);
      const page = all.slice(all.indexOf(query.get("next_openid") ?? "") + 1).slice(0, peopleMax);
      const last = page.length < peopleMax ? "" : (page.at(-1) ?? "");
      return { total: all.length, count: page.length, data: { openid: page }, next_openid: last };
    },
    "/cgi-bin/user/info": async ({ query }) => infoOf(query.get("openid")),
    "/cgi-bin/user/info/batchget": async ({ body }) => {
      const asked = Array.isArray(body["user_list"]) ? body["user_list"].slice(0, 100) : [];
      return { user_info_list: asked.map((one) => infoOf((one as Json | null)?.["openid"])) };
    },
    "/cgi-bin/qrcode/create": async ({ body }) => {
      const asked = sceneAsked(body);
      // @checks PA42
      if (asked === undefined) return fault(40_169, "invalid length for scene, or the data is not json string");
      const { ticket, key } = scenes.make(asked);
      const url = linkWithScene(key, await link());
      return { ticket, ...(asked.seconds === undefined ? {} : { expire_seconds: asked.seconds }), url: url ?? "" };
    },
    [uploadPath]: async ({ query, request }) => {
      const file = await fileIn(request);
      if (file === undefined) return fault(41_005, "media data missing");
      const mime = file.type.split(";")[0]?.trim() || "application/octet-stream";
      const id = await shelf.put(new Uint8Array(await file.arrayBuffer()), { mime });
      return { type: query.get("type") ?? "image", media_id: id, created_at: Math.floor(nowMs() / 1_000) };
    },
    "/cgi-bin/getcallbackip": async () => ({ ip_list: ["127.0.0.1"] }),
    "/cgi-bin/get_api_domain_ip": async () => ({ ip_list: ["127.0.0.1"] }),
  };

  /**
   * A picture of a code that opens the account's mini program at a page. As at WeChat, one with a `scene` opens a page
   * without a query, and hands the page what it is, encoded.
   */
  async function codeFor({ page, path, scene }: Json): Promise<Response> {
    const place = typeof scene === "string" ? `${wordsIn(page)}?scene=${encodeURIComponent(scene)}` : wordsIn(path);
    const code = linkToPlace(place.replace(/^\//, ""), await link());
    // @checks PA40
    if (code === undefined) return json(fault(41_030, "invalid page"));
    return new Response(codePicture(code), { headers: { "content-type": "image/png" } });
  }

  /** Its ticket is its name: as at WeChat, a page shows it without a token. */
  async function sceneCode(ticket: string): Promise<Response> {
    const key = scenes.keyOf(ticket);
    const code = key === undefined ? undefined : linkWithScene(key, await link());
    // @checks PA42
    if (code === undefined) return new Response("", { status: 404 });
    return new Response(codePicture(code), { headers: { "content-type": "image/png" } });
  }

  async function tokenFor(query: URLSearchParams, body: Json, isStable: boolean): Promise<Json> {
    const given = isStable ? body : Object.fromEntries(query);
    // @checks PA38
    if (given["appid"] !== account.appid) return fault(40_013, "invalid appid");
    // @checks PA38
    if (given["secret"] !== account.secret) return fault(40_125, "invalid appsecret");
    const isFresh = !isStable || body["force_refresh"] === true;
    return { access_token: isFresh ? tokens.next() : tokens.current(), expires_in: tokenSeconds };
  }

  /** The server of a mini program learns who logged in, by a code that the person's program gave it. */
  function sessionFor(query: URLSearchParams): Json {
    // @checks PR54
    if (query.get("appid") !== account.appid) return fault(40_013, "invalid appid");
    // @checks PR54
    if (query.get("secret") !== account.secret) return fault(40_125, "invalid appsecret");
    return sessions.end(query.get("js_code") ?? "") ?? fault(40_029, "invalid code");
  }

  return async (request) => {
    const { pathname: path, searchParams: query } = new URL(request.url);
    // The name of a file is a secret of its own: a bot's picture address carries no token, as at WeChat.
    if (path.startsWith("/media/")) return fileAnswer(shelf, path.slice("/media/".length));
    if (path === "/cgi-bin/showqrcode") return sceneCode(query.get("ticket") ?? "");
    const isStable = path === "/cgi-bin/stable_token";
    if (path === "/cgi-bin/token") return json(await tokenFor(query, {}, false));
    if (path === "/sns/jscode2session") return json(sessionFor(query));
    if (!isStable) {
      if (!isWeChats(path)) return json(fault(40_066, "invalid url"));
      // Before anything of its body is read. @checks PA38
      if (!tokens.isRight(query.get("access_token") ?? ""))
        return json(fault(40_001, "invalid credential, access_token is invalid or not latest"));
    }
    if (path === "/cgi-bin/media/get") return fileAnswer(shelf, query.get("media_id") ?? "");
    const call = calls[path];
    const isCode = codePaths.has(path);
    if (!isStable && !isCode && call === undefined) return json(unauthorized);
    const isRead = path !== uploadPath && request.method === "POST";
    const body = isRead ? await jsonIn(request) : {};
    if (body === undefined) return json(fault(47_001, "data format error"));
    if (isCode) return codeFor(body);
    return json(call === undefined ? await tokenFor(query, body, true) : await call({ query, body, request }));
  };
}

/** One is right at a time, and the one before it for some minutes: what is on its way still comes through. */
function tokensOf(nowMs: () => number) {
  let now = { token: "", untilMs: 0 };
  let before = now;
  const next = () => {
    before = { token: now.token, untilMs: Math.min(now.untilMs, nowMs() + overlapMs) };
    now = { token: randomBytes(48).toString("base64url"), untilMs: nowMs() + tokenSeconds * 1_000 };
    return now.token;
  };
  return {
    next,
    current: () => (now.untilMs > nowMs() + overlapMs ? now.token : next()),
    isRight: (token: string) =>
      [now, before].some((one) => token !== "" && one.token === token && one.untilMs > nowMs()),
  };
}

/** Libraries name no type, or another one: the words decide. Undefined where it is no object, or too long. */
async function jsonIn(request: Request): Promise<Json | undefined> {
  try {
    const bytes = await wholeWithin(new Response(request.body), { bytesMax: bodyBytesMax });
    const text = Buffer.from(bytes).toString();
    if (text.trim() === "") return {};
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

async function fileIn(request: Request): Promise<File | undefined> {
  try {
    const form = await request.formData();
    const file = form.get("media");
    return file instanceof File && file.size > 0 && file.size <= fileBytesMax ? file : undefined;
  } catch {
    return undefined; // It is no form.
  }
}

async function fileAnswer(shelf: Shelf, id: string): Promise<Response> {
  const found = await shelf.get(id);
  if (found === undefined) return json(fault(40_007, "invalid media_id"));
  const { mime } = found.kept;
  const ending = mime.split("/")[1]?.replace(/[^a-z0-9]/g, "") ?? "bin";
  // A browser that is led here runs nothing of it.
  const headers = {
    "content-type": /^(?:image|audio|video)\/[a-z0-9.+-]+$/.test(mime) ? mime : "application/octet-stream",
    "content-disposition": `attachment; filename="${id}.${ending}"`,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
  };
  return new Response(found.bytes, { headers });
}

const json = (value: Json) =>
  new Response(JSON.stringify(value), { headers: { "content-type": "application/json; encoding=utf-8" } });
