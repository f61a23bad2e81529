/**
 * Push host: a push service and the browsers behind it, on loopback. It takes wake-ups as a real one does (RFC 8030),
 * looks at the signature (RFC 8292) and opens what was sealed (RFC 8291) with code of its own, so that a fault of the
 * sender cannot hide in the receiver.
 */
import { createDecipheriv, createECDH, createHmac, createPublicKey, type ECDH, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a browser gives its site when it subscribes. */
export type BrowserSubscription = { readonly endpoint: string; readonly key: Uint8Array; readonly secret: Uint8Array };

export type Received = {
  /** Opened with the browser's keys. */
  readonly plain: Uint8Array;
  /** Of the sealed body. */
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
  /** The sender's VAPID key, under which the signature holds. */
  readonly sender: Uint8Array;
};

type Browser = { readonly pair: ECDH; readonly secret: Uint8Array; readonly received: Received[]; status: number };

export class PushHost {
  private readonly browsers = new Map<string, Browser>();
  private readonly server: Server;
  /** Requests for no subscription, or that could not be opened: none is expected. */
  readonly faults: string[] = [];

  private constructor() {
    this.server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        response.statusCode = this.take(request, body);
        response.end();
      });
    });
  }

  static async open(): Promise<PushHost> {
    const host = new PushHost();
    await new Promise<void>((resolve) => host.server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  subscribe(): BrowserSubscription {
    const path = `/wake/${randomBytes(12).toString("base64url")}`;
    const pair = createECDH("prime256v1");
    pair.generateKeys();
    const secret = new Uint8Array(randomBytes(16));
    this.browsers.set(path, { pair, secret, received: [], status: 201 });
    return { endpoint: this.origin + path, key: new Uint8Array(pair.getPublicKey()), secret };
  }

  /** What the service answers from now on: 201 taken, 410 gone, 429 and 503 busy. */
  answers({ endpoint }: BrowserSubscription, status: number): void {
    this.browser(endpoint).status = status;
  }

  received({ endpoint }: BrowserSubscription): readonly Received[] {
    return this.browser(endpoint).received;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private browser(endpoint: string): Browser {
    const browser = this.browsers.get(new URL(endpoint).pathname);
    if (browser === undefined) throw new Error("nobody subscribed there");
    return browser;
  }

  private take(request: IncomingMessage, body: Uint8Array): number {
    const browser = this.browsers.get(request.url ?? "");
    if (browser === undefined || request.method !== "POST") {
      this.faults.push(`${request.method} ${request.url}`);
      return 404;
    }
    try {
      const { claims, sender } = checkedSender(request.headers.authorization ?? "");
      if (claims.aud !== this.origin) throw new Error("signed for another service");
      const plain = opened(body, browser.pair, browser.secret);
      browser.received.push({ plain, bytes: body.length, headers: request.headers, claims, sender });
    } catch (error) {
      this.faults.push(String(error));
      return 400;
    }
    return browser.status;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}

/** `vapid t=JWT, k=KEY`. @throws when the signature does not hold. */
function checkedSender(authorization: string): Pick<Received, "claims" | "sender"> {
  const [, head = "", claims = "", signature = "", key = ""] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const sender = new Uint8Array(Buffer.from(key, "base64url"));
  if (sender.length !== 65) throw new Error("no VAPID signature");
  const [x, y] = [sender.subarray(1, 33), sender.subarray(33)].map((half) => Buffer.from(half).toString("base64url"));
  const publicKey = createPublicKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", x: x as string, y: y as string },
  });
  const isGood = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!isGood) throw new Error("the VAPID signature is wrong");
  const { alg } = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg: string };
  if (alg !== "ES256") throw new Error("not ES256");
  return { claims: JSON.parse(Buffer.from(claims, "base64url").toString()), sender };
}

/** RFC 8291, by HMAC step for step as section 3.4 writes it down. @throws when it does not open. */
function opened(body: Uint8Array, pair: ECDH, secret: Uint8Array): Uint8Array {
  const salt = body.subarray(0, 16);
  const keyLength = body[20] ?? 0;
  const senderKey = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const shared = pair.computeSecret(senderKey);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), pair.getPublicKey(), senderKey, Buffer.of(1)]);
  const material = hmac(hmac(secret, shared), info);
  const base = hmac(salt, material);
  const key = hmac(base, Buffer.from("Content-Encoding: aes128gcm\0\u0001")).subarray(0, 16);
  const nonce = hmac(base, Buffer.from("Content-Encoding: nonce\0\u0001")).subarray(0, 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0) throw new Error("not the last record");
  return new Uint8Array(padded.subarray(0, end));
}

function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac("sha256", key).update(data).digest();
}
