/**
 * Wake by NATS (docs/spec/delivery.md DS95): each server listens on a subject with an opaque name; messages are empty.
 * It connects, and reconnects, by itself. Calls while it is not connected are dropped: each server also looks by
 * itself.
 */
import { connect, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import { type Bytes, toBase64Url } from "@yanshu/wire";
import type { Wake } from "../core/ports.ts";

export type NatsOptions = {
  /** The servers of one cluster, `host:port` each. */
  readonly servers: readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: boolean;
  /** The name of a server's subject, which cannot be derived or guessed without the log's secret. */
  readonly subjectOf: (gateway: number) => string;
  /** Called when NATS is connected, lost, connected again, or has refused this server for good. */
  readonly tell?: (state: "there" | "away" | "refused") => void;
};

const retryMs = 250;
const pingMs = 5_000;

export function natsWake(options: NatsOptions): Wake {
  let connection: NatsConnection | undefined;
  let listening: { readonly gateway: number; readonly called: () => void } | undefined;
  let subscription: Subscription | undefined;
  let isClosed = false;

  const subscribe = () => {
    if (connection === undefined || listening === undefined) return;
    const { gateway, called } = listening;
    subscription?.unsubscribe();
    subscription = connection.subscribe(options.subjectOf(gateway), { callback: () => called() });
  };
  const follow = async (made: NatsConnection) => {
    for await (const { type } of made.status()) {
      if (type === "disconnect") options.tell?.("away");
      if (type === "reconnect") {
        options.tell?.("there");
        listening?.called(); // It may have been called meanwhile.
      }
    }
  };
  const opening = connect(settingsOf(options)).then(
    async (made) => {
      if (isClosed) return made.close();
      connection = made;
      subscribe();
      options.tell?.("there");
      await follow(made).catch(() => options.tell?.("away")); // What it says of itself; calls go on.
    },
    () => options.tell?.("refused"),
  );
  return {
    call: (gateway) => {
      if (connection !== undefined && !connection.isClosed()) connection.publish(options.subjectOf(gateway));
    },
    listen: (gateway, called) => {
      listening = { gateway, called };
      subscribe();
    },
    close: async () => {
      isClosed = true;
      await connection?.close();
      if (connection !== undefined) await opening;
    },
  };
}

function settingsOf({ servers, user, password, tls }: NatsOptions) {
  return {
    servers: [...servers],
    ...(user === undefined ? {} : password === undefined ? { token: user } : { user, pass: password }),
    ...(tls === true ? { tls: {} } : {}),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryMs,
    reconnectJitter: retryMs,
    pingInterval: pingMs,
    maxPingOut: 2,
    noEcho: true,
    // Only the given servers are used: addresses that a cluster announces may not be reachable from here.
    ignoreClusterUpdates: true,
  };
}

/** @param secret of the log that the servers share. */
export function subjectsOf(secret: Bytes, hmac: (key: Bytes, text: string) => Bytes): (gateway: number) => string {
  const known = new Map<number, string>();
  return (gateway) => {
    const subject = known.get(gateway) ?? `yanshu.${toBase64Url(hmac(secret, `wake ${gateway}`).slice(0, 16))}`;
    known.set(gateway, subject);
    return subject;
  };
}
