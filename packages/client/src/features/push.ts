/**
 * Push (docs/spec/push.md PU2, PU5): this device subscribes at the server, and names the addresses whose messages wake
 * it: those of conversations that the person takes part in, not of strangers' requests, nor of own devices' sync. Muted
 * chats are included, so that the server does not learn who mutes whom.
 */
import {
  clearWaking,
  deleteMeta,
  readConversation,
  readGateOf,
  readMeta,
  readWaking,
  setWaking,
  writeMeta,
} from "@yanshu/store";
import { type Bytes, limits, type PushOutcome, ringTagOf, toHex } from "@yanshu/wire";
import { ClientError, clientFeature, type FeatureContext, type Hex } from "../feature.ts";

export type { PushOutcome };

/** A browser's push subscription: the push service's URL, the public key (65 bytes) and the secret (16 bytes). */
export type PushSubscribed = { readonly endpoint: string; readonly key: Bytes; readonly secret: Bytes };

type PushApi = {
  /** The server's key, to subscribe with; undefined if the server sends no pushes. @throws ClientError "offline" */
  readonly pushKey: () => Promise<Bytes | undefined>;
  /** @throws ClientError "offline", or "refused" when the server would never call such an address */
  readonly subscribePush: (subscribed: PushSubscribed) => Promise<void>;
  readonly unsubscribePush: () => Promise<void>;
  /** Has the server wake this device now, and resolves with the result. @throws ClientError "offline" */
  readonly testPush: () => Promise<PushOutcome>;
  /**
   * Called when the device was woken: opens the connections at once. Resolves once the server's messages were received,
   * or after 10 s.
   */
  readonly lookForMessages: () => Promise<void>;
  /** The tags by which a ringing wake-up names conversations (PU12). */
  readonly ringTags: () => Promise<readonly { readonly tag: string; readonly conversation: Hex }[]>;
};

const isOn = Uint8Array.of(1);
const heardMsMax = 10_000;
const lookMs = 100;

/** Updates the addresses that wake this device at the server; a failed update is repeated after the next sign-in. */
async function tellWaking({ db, server, addresses, kindOf }: FeatureContext): Promise<void> {
  if (readMeta(db, "push") === undefined || !server.isReady()) return;
  const told = new Map(readWaking(db).map((address) => [toHex(address), address]));
  const wanted = new Map(wakingIn({ db, kindOf }, addresses()).map(({ address }) => [toHex(address), address]));
  const add = [...wanted].filter(([key]) => !told.has(key)).map(([, address]) => address);
  const remove = [...told].filter(([key]) => !wanted.has(key)).map(([, address]) => address);
  const most = limits.addressesPerCallMax;
  for (let at = 0; at < Math.max(add.length, remove.length); at += most) {
    const change = { add: add.slice(at, at + most), remove: remove.slice(at, at + most) };
    const answer = await server.call("pushWaking", change);
    if (answer.kind !== "ok") return;
    db.transaction(() => {
      for (const address of change.add) setWaking(db, address, true);
      for (const address of change.remove) setWaking(db, address, false);
    });
  }
}

/** This device's own addresses in the conversations that its person takes part in. */
function wakingIn(
  { db, kindOf }: Pick<FeatureContext, "db" | "kindOf">,
  all: ReturnType<FeatureContext["addresses"]>,
): ReturnType<FeatureContext["addresses"]> {
  return all.filter(({ conversation }) => {
    const row = readConversation(db, conversation);
    const takesPart = row?.state === "open" || row?.state === "request-out";
    return takesPart && kindOf(row.kind).hasOthers;
  });
}

export const push = clientFeature({
  serverForgot: ({ db }) => clearWaking(db),
  signedIn: tellWaking,
  later: tellWaking,

  api: (context): PushApi => {
    const { db, own, isHome, server, after, settled } = context;
    return {
      async pushKey() {
        own();
        await server.ready();
        const answer = await server.call("pushKey", {});
        // A server of an older version does not know the call.
        if (answer.kind === "error") return undefined;
        if (answer.kind === "lost") throw new ClientError("offline");
        return answer.value.key;
      },

      async subscribePush(subscribed) {
        own();
        await server.ready();
        const answer = await server.call("pushSubscribe", subscribed);
        if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
        db.transaction(() => writeMeta(db, "push", isOn));
        await tellWaking(context);
      },

      async unsubscribePush() {
        own();
        await server.ready();
        const answer = await server.call("pushUnsubscribe", {});
        if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
        db.transaction(() => {
          deleteMeta(db, "push");
          clearWaking(db);
        });
      },

      async testPush() {
        own();
        await server.ready();
        const answer = await server.call("pushTest", {});
        if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
        return answer.value.outcome;
      },

      async ringTags() {
        return wakingIn({ db, kindOf: context.kindOf }, context.addresses()).flatMap(({ conversation }) => {
          const gate = readGateOf(db, conversation);
          return gate === undefined
            ? []
            : [{ tag: ringTagOf(context.sha256, gate), conversation: toHex(conversation) }];
        });
      },

      async lookForMessages() {
        if (!isHome()) return;
        server.wake(); // Without waiting for the backoff.
        for (let waited = 0; waited < heardMsMax && !server.isReady(); waited += lookMs)
          await new Promise<void>((resolve) => after(lookMs, resolve));
        await new Promise<void>((resolve) => after(lookMs, resolve)); // The backlog follows the sign-in.
        await settled();
      },
    };
  },
});
