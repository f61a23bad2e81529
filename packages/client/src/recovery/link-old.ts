/**
 * The signed-in device's side of linking (docs/spec/identity.md ID12–ID15): it scans, shows the words, signs the
 * list entry once the person has compared them, and adds the new device everywhere, by jobs that survive a crash.
 */
import type { Note, NoteOf } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { readConversation, readConversations } from "@yanshu/store";
import { type Bytes, decodeLink, deviceIdOf, equalBytes, historyOf, limits } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { ClientError, type ClientErrorCode } from "../errors.ts";
import { jobsOf, plan, planOwn } from "../group-state/jobs.ts";
import { listDevices } from "../identity/own.ts";
import { ownProfile } from "../identity/profile-bodies.ts";
import { oweLinked, tellAdded } from "../messages/own-devices.ts";
import { packagesMax } from "./link-new.ts";
import { commitmentOf, wordsOf } from "./link-proof.ts";
import type { LinkTable, Talk } from "./link-table.ts";
import type { Peer } from "./meeting.ts";
import { forgetUnjoined, noteUnjoined } from "./unjoined.ts";

const lookEveryMs = 300;

type OldSide = {
  readonly talk: Talk;
  readonly peer: Peer;
  readonly commitment: Bytes;
  /** The new device's key, once it opened its commitment. */
  newKey?: Bytes;
  /** Whether the device list names the new device. */
  isListed: boolean;
};

export function createOldSide(engine: Engine, table: LinkTable) {
  const { ports, db } = engine;
  const { crypto } = ports;
  let mine: OldSide | undefined;

  /** @checks ID12 */
  async function scan(text: string): ReturnType<CoreApi["scanDevice"]> {
    const read = decodeLink(text);
    if (read?.kind !== "device") throw new ClientError("bad-link");
    const own = ownOf(engine);
    if (read.link.server !== own.server) throw new ClientError("wrong-server");
    const list = engine.lists.get(own.account);
    if (list === undefined) throw new ClientError("no-account");
    const talk = await table.open("old", own.server, heard);
    if (talk === undefined) throw new ClientError("offline");
    const peer = { address: read.link.rendezvous, sealKey: read.link.sealKey };
    mine = { talk, peer, commitment: read.link.commitment, isListed: false };
    const sent = await talk.send(peer, {
      kind: "linkHello",
      account: own.account,
      history: historyOf(list),
      deviceKey: own.deviceKey.publicKey,
      nonce: talk.nonce,
      replyTo: talk.address,
      replySealKey: talk.sealKey,
      name: ownProfile(engine).name,
    });
    // not a check: the network's answer.
    if (!sent) {
      table.stop("offline");
      throw new ClientError("offline");
    }
    table.show({ side: "old", step: "waiting" });
  }

  async function confirm(same: boolean): ReturnType<CoreApi["confirmWords"]> {
    const side = mine;
    // @checks ID14
    if (side?.newKey === undefined || !side.talk.isOn()) throw new ClientError("link-expired");
    // @checks ID14
    if (!same) {
      await side.talk.send(side.peer, { kind: "linkStop" });
      table.stop("words-differ");
      return;
    }
    noteUnjoined(engine, side.newKey);
    db.transaction(() => oweLinked(engine));
    const refused = await addDevice(side.newKey);
    // @checks ID20
    if (refused !== undefined) {
      table.stop(refused);
      throw new ClientError(refused);
    }
    side.isListed = true;
    const list = engine.lists.get(ownOf(engine).account);
    if (list === undefined) return;
    const conversations = conversationsToJoin(engine);
    const packagesWanted = Math.min(packagesMax, conversations.length + 1);
    await side.talk.send(side.peer, { kind: "linkConfirm", history: historyOf(list), packagesWanted });
    table.show({ side: "old", step: "adding", done: 0, of: conversations.length + 1 });
  }

  /** Signs the entry that names the new device. Returns why it could not; undefined if it did. @checks ID20 */
  async function addDevice(key: Bytes): Promise<ClientErrorCode | undefined> {
    const own = ownOf(engine);
    const keys = engine.lists.devices(own.account).map((device) => device.key);
    if (engine.lists.isFrozen(own.account)) return "account-frozen";
    if (keys.length >= limits.devicesMax) return "not-allowed";
    return listDevices(engine, (listed) => [...without(listed, key), key]);
  }

  async function heard(note: Note): Promise<void> {
    if (mine === undefined) return;
    if (note.kind === "linkReveal") reveal(mine, note);
    else if (note.kind === "linkStop") await declined(mine);
    else if (note.kind === "linkReady") ready(mine, note);
  }

  /** The person at the new device declined: removes the device from the list again. */
  async function declined({ isListed, newKey }: OldSide): Promise<void> {
    if (isListed && newKey !== undefined) {
      const refused = await listDevices(engine, (listed) => without(listed, newKey));
      if (refused === undefined) db.transaction(() => forgetUnjoined(engine, newKey));
    }
    table.stop("link-declined");
  }

  function reveal(side: OldSide, note: NoteOf<"linkReveal">): void {
    // @checks ID14
    if (side.newKey !== undefined) return;
    const own = ownOf(engine);
    const fresh = { key: note.deviceKey, nonce: note.nonce };
    // @checks ID12
    if (!equalBytes(commitmentOf(crypto, fresh), side.commitment)) {
      table.stop("words-differ");
      return;
    }
    side.newKey = note.deviceKey;
    const words = wordsOf(crypto, own.account, { key: own.deviceKey.publicKey, nonce: side.talk.nonce }, fresh);
    table.show({ side: "old", step: "compare", words });
  }

  function ready(side: OldSide, note: NoteOf<"linkReady">): void {
    // @checks ID15
    if (side.newKey === undefined) return;
    const device = deviceIdOf(crypto.sha256, side.newKey);
    planAdding(device, side.newKey, note.keyPackages);
    const of = conversationsToJoin(engine).length + 1;
    table.end({ side: "old", step: "adding", done: 0, of });
    watchAdding(device, of);
    engine.schedule();
  }

  /** The first package is for the own conversation, the others for one conversation each. */
  function planAdding(device: Bytes, key: Bytes, [forOwn, ...packages]: readonly Bytes[]): void {
    const own = ownOf(engine).account;
    const ownConversation = ownConversationId(crypto.sha256, own);
    db.transaction(() => {
      forgetUnjoined(engine, key);
      if (readConversation(db, ownConversation) === undefined)
        planOwn(engine, { packages: forOwn === undefined ? [] : [forOwn] });
      else planDevice(ownConversation, device, forOwn);
      tellAdded(engine, ownConversation);
      conversationsToJoin(engine).forEach((conversation, i) => {
        planDevice(conversation, device, packages[i]);
      });
    });
  }

  function planDevice(conversation: Bytes, device: Bytes, handed: Bytes | undefined): void {
    plan(engine, conversation, {
      kind: "add-device",
      device,
      ...(handed === undefined ? {} : { package: handed }),
    });
  }

  /**
   * Shows in how many conversations this device has yet to be added, until none is left. Other devices that were listed
   * and never joined do not count.
   */
  function watchAdding(device: Bytes, of: number): void {
    const { linking } = engine;
    if (linking.side !== "old" || linking.step !== "adding") return; // Another linking has begun.
    const left = readConversations(db).filter((row) =>
      jobsOf(engine, row.conversation).some(
        ({ job }) =>
          (job.kind === "add-device" && equalBytes(job.device, device)) ||
          (job.kind === "create" && !kindOf(engine, row).hasOthers),
      ),
    ).length;
    if (left === 0) {
      table.show({ side: "old", step: "done" });
      return;
    }
    table.show({ side: "old", step: "adding", done: Math.max(0, of - left), of });
    ports.after(lookEveryMs, () => watchAdding(device, of));
  }

  /** Tells the new device that the linking was cancelled. */
  async function cancel(): Promise<void> {
    if (mine?.talk.isOn() === true) await mine.talk.send(mine.peer, { kind: "linkStop" });
  }

  return { scan, confirm, cancel };
}

function without(keys: readonly Bytes[], key: Bytes): readonly Bytes[] {
  return keys.filter((one) => !equalBytes(one, key));
}

/** Conversations whose group this device can add to. */
function conversationsToJoin(engine: Engine): readonly Bytes[] {
  return readConversations(engine.db)
    .filter(
      (row) => kindOf(engine, row).hasOthers && row.group_id !== null && ["open", "request-out"].includes(row.state),
    )
    .map((row) => row.conversation);
}
