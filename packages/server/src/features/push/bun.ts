/**
 * Push on Bun: seals, signs and sends a wake-up over HTTPS (docs/spec/push.md PU1–PU3). It follows no redirect, reads
 * no answer beyond its status, and connects only to the public address that it has just looked at.
 */
import type { Bytes, PushOutcome } from "@yanshu/wire";
import type { PushPort, PushSubscription } from "../../core/ports.ts";
import { lateError, publicAddressOf } from "../../core/public-address.ts";
import { sealWakeup } from "./encrypt.ts";
import { endpointOf } from "./endpoint.ts";
import { authorization, type VapidKeys } from "./vapid.ts";
import { wakeupBytes } from "./wakeup-bytes.ts";

export type BunPushOptions = {
  readonly keys: VapidKeys;
  /** A URL or mailto: under which a push service reaches the operator. */
  readonly subject: string;
  /** Also `http://127.0.0.1:PORT`: for tests with a push host of their own. */
  readonly loopback?: boolean;
  /** From the name's look-up to the head of the answer; 10,000 by default. */
  readonly timeoutMs?: number;
};

const timeoutMsMax = 10_000;
/** A message waits 30 days for its device; a push service keeps a wake-up 28 at most. */
const keepSeconds = 28 * 86_400;

export function createBunPush({ keys, subject, loopback = false, timeoutMs = timeoutMsMax }: BunPushOptions): PushPort {
  const rule = { loopback };
  return {
    publicKey: keys.publicKey,
    allows: (subscription) => endpointOf(subscription.endpoint, rule) !== undefined && isSealable(subscription),
    send: async (to, kind, ring) => {
      const url = endpointOf(to.endpoint, rule);
      if (url === undefined) return "refused";
      try {
        const late = AbortSignal.timeout(timeoutMs);
        const address = url.protocol === "http:" ? url.hostname : await publicAddressOf(url.hostname, late);
        if (address === undefined) return "refused";
        return outcomeOf(await post(url, address, to, wakeupBytes(kind, ring), late));
      } catch {
        return "unreachable"; // No name, no route, no answer in time: all the same to the caller.
      }
    },
  };

  async function post(
    url: URL,
    address: string,
    to: PushSubscription,
    said: Bytes,
    late: AbortSignal,
  ): Promise<number> {
    // With the first wake-up: a server begins without them.
    const { request } = url.protocol === "http:" ? await import("node:http") : await import("node:https");
    const body = sealWakeup(said, to);
    return new Promise((resolve, reject) => {
      const options = {
        host: address,
        port: url.port === "" ? 443 : Number(url.port),
        servername: url.hostname,
        method: "POST",
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          authorization: authorization(keys, url, subject, Date.now()),
          "content-encoding": "aes128gcm",
          "content-type": "application/octet-stream",
          "content-length": body.length,
          ttl: keepSeconds,
          urgency: "high",
          topic: "messages", // A newer wake-up takes the place of one that was not fetched yet.
        },
      };
      const sending = request(options, (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy(); // The body is nothing to us.
      });
      // In all, however slowly it comes: one that drips its head is as good as silent.
      const giveUp = () => {
        reject(lateError());
        sending.destroy();
      };
      late.addEventListener("abort", giveUp, { once: true });
      sending.on("close", () => late.removeEventListener("abort", giveUp));
      sending.on("error", reject);
      if (late.aborted) giveUp();
      sending.end(body);
    });
  }
}

/** Whether the browser's point lies on the curve: what cannot be sealed to is not taken. */
function isSealable(to: PushSubscription): boolean {
  try {
    return sealWakeup(wakeupBytes("messages"), to).length > 0;
  } catch {
    return false;
  }
}

function outcomeOf(status: number): PushOutcome {
  if (status >= 200 && status < 300) return "sent";
  if (status === 404 || status === 410) return "gone";
  if (status === 429 || status >= 500) return "busy";
  return "refused";
}
