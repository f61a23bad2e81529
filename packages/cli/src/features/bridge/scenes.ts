/**
 * Scenes: codes with a number or a word in them, which a program makes and is told of when somebody scanned one
 * (docs/spec/bridge.md PA42). A key carries its scene, and is signed: no file has a row for each code, and what nobody
 * made is told to no program.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "./said.ts";

/** What a program asks for. */
type SceneAsked = { readonly scene: string; readonly seconds: number | undefined };
export type Scene = { readonly scene: string; readonly ticket: string };

const sceneMax = 64;
const secondsDefault = 60;
const secondsMax = 2_592_000;
const macLength = 16;

/** By WeChat's four names of it. Undefined where it is none. */
export function sceneAsked({ action_name: name, action_info: info, expire_seconds: seconds }: Json) {
  const given = (info as { readonly scene?: Json } | null | undefined)?.scene;
  const [id, words] = [given?.["scene_id"], given?.["scene_str"]];
  const is = /^QR_(LIMIT_)?(STR_)?SCENE$/.exec(typeof name === "string" ? name : "");
  const scene = is?.[2] === undefined ? (Number.isSafeInteger(id) && Number(id) > 0 ? String(Number(id)) : "") : words;
  // @checks PA42
  if (is === null || typeof scene !== "string" || scene === "" || scene.length > sceneMax || /\p{Cc}/u.test(scene))
    return undefined;
  const asked = typeof seconds === "number" && seconds > 0 ? Math.min(Math.ceil(seconds), secondsMax) : secondsDefault;
  return { scene, seconds: is[1] === undefined ? asked : undefined } satisfies SceneAsked;
}

const ticketOf = (key: string) => Buffer.from(key).toString("base64url");

export class Scenes {
  private readonly mark: string;
  private readonly secret: string;
  private readonly nowMs: () => number;

  constructor(folder: string, secret: string, nowMs: () => number) {
    this.mark = join(folder, "bridge-scenes");
    this.secret = secret;
    this.nowMs = nowMs;
  }

  /** Whether the program ever made a code: until then nobody is waited for who may have scanned one. */
  get isUsed(): boolean {
    return existsSync(this.mark);
  }

  /** @returns the ticket, by which the code is shown, and the key, which stands in its link. */
  make({ scene, seconds }: SceneAsked): { readonly ticket: string; readonly key: string } {
    closeSync(openSync(this.mark, "a", 0o600));
    const until = seconds === undefined ? "0" : Math.ceil(this.nowMs() / 1_000 + seconds).toString(36);
    const rest = `${until}.${scene}`;
    const key = `qr.${this.macOf(rest)}.${rest}`;
    return { ticket: ticketOf(key), key };
  }

  keyOf(ticket: string): string | undefined {
    const key = Buffer.from(ticket, "base64url").toString();
    return this.read(key) === undefined ? undefined : key;
  }

  /** The scene of a key that this bridge made and that is not over. @checks PA42 */
  read(key: string): Scene | undefined {
    const [, mac = "", until = "", scene = ""] = /^qr\.([\w-]+)\.([0-9a-z]+)\.([\s\S]+)$/.exec(key) ?? [];
    const [given, right] = [Buffer.from(mac), Buffer.from(this.macOf(`${until}.${scene}`))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    if (until !== "0" && Number.parseInt(until, 36) * 1_000 < this.nowMs()) return undefined;
    return { scene, ticket: ticketOf(key) };
  }

  private macOf(rest: string): string {
    return createHmac("sha256", this.secret).update(`scene\0${rest}`).digest("base64url").slice(0, macLength);
  }
}
