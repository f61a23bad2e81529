/**
 * Push (docs/spec/push.md PU2, PU5): this device subscribes at home, and says letters to which of its addresses wake
 * it. Those of conversations that the person takes part in do; a stranger's request does not, and neither does what
 * own devices tell each other. Muted chats are among them: who mutes whom is nothing that home should learn.
 */
import { clearWaking, deleteMeta, readConversation, readMeta, readWaking, setWaking, writeMeta } from "@yanshu/store";
import { type Address, limits, toHex } from "@yanshu/wire";
import type { PushApi } from "../api/push.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { ownAddress } from "../groups/commits.ts";

const isOn = Uint8Array.of(1);
const heardMsMax = 10_000;
const lookMs = 100;

export function pushApi(engine: Engine): PushApi {
  const { db, ports, link } = engine;

  return {
    async pushKey() {
      ownOf(engine);
      await link.whenReady("signed");
      const answer = await link.call("signed", "pushKey", {});
      // A home from before there was push does not know the question.
      if (answer.kind === "error") return undefined;
      if (answer.kind === "lost") throw new ClientError("offline");
      return answer.value.key;
    },

    async subscribePush(subscribed) {
      ownOf(engine);
      await link.whenReady("signed");
      const answer = await link.call("signed", "pushSubscribe", subscribed);
      if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
      db.transaction(() => writeMeta(db, "push", isOn));
      await tellWaking(engine);
    },

    async unsubscribePush() {
      ownOf(engine);
      await link.whenReady("signed");
      const answer = await link.call("signed", "pushUnsubscribe", {});
      if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
      db.transaction(() => {
        deleteMeta(db, "push");
        clearWaking(db);
      });
    },

    async testPush() {
      ownOf(engine);
      await link.whenReady("signed");
      const answer = await link.call("signed", "pushTest", {});
      if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
      return answer.value.outcome;
    },

    async lookForLetters() {
      if (engine.own === undefined) return;
      link.start(); // At once, whatever pause after a failure there was.
      for (let waited = 0; waited < heardMsMax && !link.isReady("signed"); waited += lookMs)
        await new Promise<void>((resolve) => ports.after(lookMs, resolve));
      await new Promise<void>((resolve) => ports.after(lookMs, resolve)); // The backlog follows the sign-in.
      await engine.turn.idle();
    },
  };
}

/** Makes home know what wakes this device; what could not be told is told after the next sign-in. */
export async function tellWaking(engine: Engine): Promise<void> {
  const { db, link } = engine;
  if (readMeta(db, "push") === undefined || !link.isReady("signed")) return;
  const told = new Map(readWaking(db).map((address) => [toHex(address), address]));
  const wanted = new Map(wakingAddresses(engine).map((address) => [toHex(address), address]));
  const add = [...wanted].filter(([key]) => !told.has(key)).map(([, address]) => address);
  const remove = [...told].filter(([key]) => !wanted.has(key)).map(([, address]) => address);
  const most = limits.addressesPerCallMax;
  for (let at = 0; at < Math.max(add.length, remove.length); at += most) {
    const change = { add: add.slice(at, at + most), remove: remove.slice(at, at + most) };
    const answer = await link.call("signed", "pushWaking", change);
    if (answer.kind !== "ok") return;
    db.transaction(() => {
      for (const address of change.add) setWaking(db, address, true);
      for (const address of change.remove) setWaking(db, address, false);
    });
  }
}

/** This device's own addresses in the conversations that its person takes part in. */
function wakingAddresses(engine: Engine): readonly Address[] {
  const addresses: Address[] = [];
  for (const group of engine.groups.values()) {
    const row = readConversation(engine.db, group.state.conversation);
    const takesPart = row?.state === "open" || row?.state === "request-out";
    if (takesPart && row.kind !== "own") addresses.push(ownAddress(group));
  }
  return addresses;
}
