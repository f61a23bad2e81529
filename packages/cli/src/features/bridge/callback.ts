/**
 * Callback: a message is posted to the bot as WeChat posts it, signed, and the answer is read (docs/spec/bridge.md
 * PA32–PA34): within five seconds, three times, under the same number.
 */
import { randomBytes } from "node:crypto";
import { wholeWithin } from "../../whole-within.ts";
import { type Account, isSigned, opened, sealed, signatureOf } from "./sealing.ts";
import { type Element, type Fields, readXml, textAt, xmlOf } from "./xml.ts";

export type Bot = {
  readonly url: string;
  readonly account: Account;
  /** In the mode in which what is said is encrypted. */
  readonly isSealed: boolean;
  /** WeChat waits for five seconds. */
  readonly answerMsMax: number;
};

export type Asked =
  | { readonly kind: "said"; readonly xml: Element }
  /** `success`, or nothing: the bot says nothing, or something later. */
  | { readonly kind: "nothing" }
  /** Nobody listens there: the bot is not running. */
  | { readonly kind: "away" }
  /** Three times too slow, or no answer of WeChat's interface. `isTaken`: it has the message, and said so. */
  | { readonly kind: "fault"; readonly isTaken: boolean };

const tries = 3;
const answerBytesMax = 256 << 10;
const loopback = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** Of this computer. */
export const isHere = ({ hostname }: URL) => loopback.test(hostname);

/** Of Bun's fetch: without `false` it sends to loopback, too, by the proxy that `HTTP_PROXY` names. */
type NoProxy = RequestInit & { readonly proxy?: false };

type Ends = { readonly to: string; readonly from: string; readonly createdMs: number; readonly isOver: AbortSignal };

export async function ask(bot: Bot, message: Fields, { to, from, createdMs, isOver }: Ends): Promise<Asked> {
  const inner = { ToUserName: to, FromUserName: from, CreateTime: Math.floor(createdMs / 1_000), ...message };
  const xml = `<xml>${xmlOf(inner)}</xml>`;
  for (let count = 1; ; count++) {
    const one = await askOnce(bot, xml, { to, from, isOver });
    if (one.kind !== "fault" || count === tries || isOver.aborted) return one;
  }
}

async function askOnce(bot: Bot, xml: string, { to, from, isOver }: Omit<Ends, "createdMs">): Promise<Asked> {
  const { url, account, isSealed, answerMsMax } = bot;
  const asked = new URL(url);
  const timestamp = `${Math.floor(Date.now() / 1_000)}`;
  const nonce = randomBytes(5).toString("hex");
  const query = { signature: signatureOf(account.token, timestamp, nonce), timestamp, nonce, openid: from };
  for (const [name, value] of Object.entries(query)) asked.searchParams.set(name, value);
  let body = xml;
  if (isSealed) {
    const message = sealed(xml, account);
    asked.searchParams.set("encrypt_type", "aes");
    asked.searchParams.set("msg_signature", signatureOf(account.token, timestamp, nonce, message));
    body = `<xml>${xmlOf({ ToUserName: to, Encrypt: message })}</xml>`;
  }
  let isTaken = false;
  try {
    const signal = AbortSignal.any([isOver, AbortSignal.timeout(answerMsMax)]);
    const headers = { "content-type": "text/xml" };
    const given: NoProxy = { method: "POST", headers, body, signal, redirect: "error" };
    // A proxy would read what was opened here.
    const direct: NoProxy = isHere(asked) ? { ...given, proxy: false } : given;
    const answer = await fetch(asked, direct as RequestInit);
    isTaken = answer.ok;
    if (!isTaken) return { kind: "fault", isTaken };
    const bytes = await wholeWithin(answer, { bytesMax: answerBytesMax });
    return readAnswer(Buffer.from(bytes).toString(), bot);
  } catch (error) {
    return (error as { code?: unknown }).code === "ECONNREFUSED" ? { kind: "away" } : { kind: "fault", isTaken };
  }
}

const unread: Asked = { kind: "fault", isTaken: true };

/** @param text what the bot answered, whole. */
export function readAnswer(text: string, { account, isSealed }: Pick<Bot, "account" | "isSealed">): Asked {
  const said = text.trim();
  if (said === "" || said === "success") return { kind: "nothing" };
  const outer = readXml(said);
  if (outer === undefined) return unread;
  if (!isSealed) return { kind: "said", xml: outer };
  const message = textAt(outer, "Encrypt");
  const signature = textAt(outer, "MsgSignature");
  // @checks PA33
  if (!isSigned(signature, account.token, textAt(outer, "TimeStamp"), textAt(outer, "Nonce"), message)) return unread;
  const inner = opened(message, account);
  if (inner?.trim() === "success") return { kind: "nothing" };
  const xml = inner === undefined ? undefined : readXml(inner);
  return xml === undefined ? unread : { kind: "said", xml };
}
