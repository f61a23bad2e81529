/**
 * Linking a device (docs/spec/identity.md ID12–ID16).
 *
 * The new device shows a link that commits to its key. The signed-in one answers over an address
 * that only the link names; the new one opens its commitment, and both show the same four words over
 * both keys. The new device committed before it saw the other's nonce, so 24 bits are enough. Only
 * when the person has compared them does the device list name the new device.
 */
import { decodeNote, encodeNote, type Note } from "@yanshu/content";
import { type KeyPair, openSealed, ownConversationId, sealTo } from "@yanshu/mls";
import {
  forgetDevice,
  forgetEverybody,
  insertConversation,
  readConversation,
  readConversations,
  readMeta,
  writeMeta,
} from "@yanshu/store";
import {
  type Address,
  accountIdOf,
  type Bytes,
  concat,
  type DeviceLink,
  decodeLink,
  deviceIdOf,
  encodeLink,
  encodeParts,
  equalBytes,
  historyOf,
  idBytes,
  limits,
  type Push,
  utf8,
} from "@yanshu/wire";
import { type ClientApi, ClientError, type ClientErrorCode } from "../api.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { jobsOf } from "../groups/commits.ts";
import { plan } from "../groups/jobs.ts";
import type { Cancel } from "../ports.ts";
import { say } from "../sync/outbox.ts";
import { snapshot } from "../sync/own-devices.ts";
import { readOwn, signEntry, writeOwn } from "./own.ts";
import { makeKeyPackage, registerPoints } from "./points.ts";

type LinkingApi = Pick<ClientApi, "startLinking" | "cancelLinking" | "scanDevice" | "confirmWords">;

const packagesMax = 200;
const nonceBytes = 16;
const wordCount = 4;
const linkMsMax = limits.rendezvousMinutes * 60_000;

type NewSide = {
  readonly side: "new";
  readonly server: string;
  readonly seed: Bytes;
  readonly deviceKey: KeyPair;
  readonly seal: KeyPair;
  readonly rendezvous: Address;
  readonly nonce: Bytes;
  peer?: { readonly address: Address; readonly sealKey: Bytes; readonly hello: Extract<Note, { kind: "linkHello" }> };
  words: readonly number[];
};
type OldSide = {
  readonly side: "old";
  readonly link: DeviceLink;
  readonly seal: KeyPair;
  readonly rendezvous: Address;
  readonly nonce: Bytes;
  newKey?: Bytes;
  words: readonly number[];
};

/** Both sides of linking; one at a time. `connect` opens the anonymous connection before there is an account. */
export function createLinking(
  engine: Engine,
  hooks: { readonly connect: () => Promise<boolean>; readonly joined: () => void },
) {
  const { ports, db } = engine;
  const { crypto } = ports;
  let state: NewSide | OldSide | undefined;
  let expiry: Cancel | undefined;

  function show(view: Engine["linking"]): void {
    engine.linking = view;
    engine.changed("linking", "status");
  }

  function stop(why: ClientErrorCode | undefined): void {
    expiry?.();
    const side = state?.side;
    state = undefined;
    // Once its account named it, it lives here, whether or not the other device heard so.
    if (engine.phase === "linking") engine.phase = engine.own === undefined ? "new" : "ready";
    show(why === undefined || side === undefined ? { side: "none" } : { side, step: "stopped", why });
  }

  function expireAfter(ms: number): void {
    expiry?.();
    expiry = ports.after(ms, () => stop("link-expired"));
  }

  async function sendTo(peer: { address: Address; sealKey: Bytes }, note: Note): Promise<boolean> {
    const envelope = await sealTo(crypto, peer.sealKey, encodeNote(note));
    const parts = encodeParts([{ target: { kind: "address", address: peer.address }, envelope }]);
    return (await engine.link.post({ mode: "deposit" }, parts)).kind === "ok";
  }

  const api: LinkingApi = {
    async startLinking() {
      if (engine.own !== undefined && engine.phase !== "signed-out") throw new ClientError("has-account");
      if (ports.server === undefined) throw new ClientError("wrong-server");
      const seed = crypto.random(32);
      const fresh: NewSide = {
        side: "new",
        server: ports.server,
        seed,
        deviceKey: await crypto.signatureKeyPair(seed),
        seal: await crypto.sealKeyPair(),
        rendezvous: crypto.random(idBytes.address),
        nonce: crypto.random(nonceBytes),
        words: [],
      };
      state = fresh;
      engine.phase = "linking";
      if (!(await hooks.connect())) {
        stop("server-unreachable");
        throw new ClientError("server-unreachable");
      }
      await openRendezvous(fresh.rendezvous);
      const link: DeviceLink = {
        server: fresh.server,
        rendezvous: fresh.rendezvous,
        sealKey: fresh.seal.publicKey,
        commitment: commitmentOf(engine, fresh.deviceKey.publicKey, fresh.nonce),
      };
      expireAfter(linkMsMax);
      show({
        side: "new",
        step: "show",
        link: encodeLink(ports.originOf(fresh.server), { kind: "device", link }),
        expiresAtMs: ports.nowMs() + linkMsMax,
      });
    },

    async cancelLinking() {
      if (state?.side === "new" && state.peer !== undefined) await sendTo(state.peer, { kind: "linkStop" });
      if (state?.side === "old")
        await sendTo({ address: state.link.rendezvous, sealKey: state.link.sealKey }, { kind: "linkStop" });
      stop(undefined);
    },

    async scanDevice(text) {
      const read = decodeLink(text);
      if (read?.kind !== "device") throw new ClientError("bad-link");
      const own = ownOf(engine);
      if (read.link.server !== own.server) throw new ClientError("wrong-server");
      const list = engine.lists.get(own.account);
      if (list === undefined) throw new ClientError("no-account");
      const mine: OldSide = {
        side: "old",
        link: read.link,
        seal: await crypto.sealKeyPair(),
        rendezvous: crypto.random(idBytes.address),
        nonce: crypto.random(nonceBytes),
        words: [],
      };
      state = mine;
      await openRendezvous(mine.rendezvous);
      const sent = await sendTo(
        { address: mine.link.rendezvous, sealKey: mine.link.sealKey },
        {
          kind: "linkHello",
          account: own.account,
          history: historyOf(list),
          deviceKey: own.deviceKey.publicKey,
          nonce: mine.nonce,
          replyTo: mine.rendezvous,
          replySealKey: mine.seal.publicKey,
        },
      );
      if (!sent) {
        stop("offline");
        throw new ClientError("offline");
      }
      expireAfter(linkMsMax);
      show({ side: "old", step: "waiting" });
    },

    async confirmWords(same) {
      const mine = state;
      if (mine?.side !== "old" || mine.newKey === undefined) throw new ClientError("link-expired");
      const peer = { address: mine.link.rendezvous, sealKey: mine.link.sealKey };
      if (!same) {
        await sendTo(peer, { kind: "linkStop" });
        stop("words-differ");
        return;
      }
      const confirmed = await addDevice(mine.newKey);
      if (confirmed !== undefined) {
        stop(confirmed);
        throw new ClientError(confirmed);
      }
      const list = engine.lists.get(ownOf(engine).account);
      if (list === undefined) return;
      const conversations = conversationsToJoin(engine);
      const packagesWanted = Math.min(packagesMax, conversations.length + 1);
      await sendTo(peer, { kind: "linkConfirm", history: historyOf(list), packagesWanted });
      show({ side: "old", step: "adding", done: 0, of: conversations.length + 1 });
    },
  };

  async function openRendezvous(address: Address): Promise<void> {
    await engine.link.whenReady("anonymous");
    const answer = await engine.link.call("anonymous", "rendezvous", { address });
    if (answer.kind !== "ok") {
      stop("offline");
      throw new ClientError(answer.kind === "lost" ? "offline" : "server-unreachable");
    }
  }

  /** Signs the entry that names the new device. Answers why not, if not. */
  async function addDevice(key: Bytes): Promise<ClientErrorCode | undefined> {
    const own = ownOf(engine);
    const keys = engine.lists.devices(own.account).map((device) => device.key);
    if (engine.lists.isFrozen(own.account)) return "account-frozen";
    if (keys.length >= limits.devicesMax) return "not-allowed";
    const entry = await signEntry(engine, [...keys, key]);
    const answer = await engine.link.call("anonymous", "appendEntries", { account: own.account, entries: [entry] });
    if (answer.kind !== "ok") return answer.kind === "lost" ? "offline" : "refused";
    await engine.lists.take({ inception: own.inception, entries: [entry] });
    engine.changed("devices");
    return undefined;
  }

  /** A push on the anonymous connection: something for the rendezvous address. In the turn. */
  async function receive(push: Push): Promise<void> {
    const mine = state;
    const here =
      push.target.kind === "address" && mine !== undefined && equalBytes(push.target.address, mine.rendezvous);
    if (!here || mine === undefined) return;
    const plain = await openSealed(crypto, mine.seal.privateKey, push.envelope);
    const note = plain === undefined ? undefined : decodeNote(plain);
    if (note === undefined) return;
    if (note.kind === "linkStop") stop("words-differ");
    else if (mine.side === "new" && note.kind === "linkHello") await hello(mine, note);
    else if (mine.side === "new" && note.kind === "linkConfirm") await confirmed(mine, note);
    else if (mine.side === "old" && note.kind === "linkReveal") reveal(mine, note);
    else if (mine.side === "old" && note.kind === "linkReady") ready(mine, note);
  }

  async function hello(mine: NewSide, note: Extract<Note, { kind: "linkHello" }>): Promise<void> {
    if (mine.peer !== undefined) return; // The first who scanned; a second one is not answered.
    const advance = await engine.lists.take(note.history);
    const listed =
      advance.kind !== "refused" &&
      equalBytes(accountIdOf(crypto.sha256, note.history.inception), note.account) &&
      engine.lists.devices(note.account).some(({ key }) => equalBytes(key, note.deviceKey));
    if (!listed) return stop("refused");
    mine.peer = { address: note.replyTo, sealKey: note.replySealKey, hello: note };
    mine.words = wordsOf(engine, note.account, note.deviceKey, note.nonce, mine.deviceKey.publicKey, mine.nonce);
    await sendTo(mine.peer, { kind: "linkReveal", deviceKey: mine.deviceKey.publicKey, nonce: mine.nonce });
    show({ side: "new", step: "compare", words: mine.words });
  }

  function reveal(mine: OldSide, note: Extract<Note, { kind: "linkReveal" }>): void {
    if (mine.newKey !== undefined) return;
    const own = ownOf(engine);
    if (!equalBytes(commitmentOf(engine, note.deviceKey, note.nonce), mine.link.commitment)) {
      stop("words-differ");
      return;
    }
    mine.newKey = note.deviceKey;
    mine.words = wordsOf(engine, own.account, own.deviceKey.publicKey, mine.nonce, note.deviceKey, note.nonce);
    show({ side: "old", step: "compare", words: mine.words });
  }

  async function confirmed(mine: NewSide, note: Extract<Note, { kind: "linkConfirm" }>): Promise<void> {
    const { peer } = mine;
    if (peer === undefined || !equalBytes(note.history.inception, peer.hello.history.inception)) return;
    const advance = await engine.lists.take(note.history);
    const isListed = engine.lists
      .devices(peer.hello.account)
      .some(({ key }) => equalBytes(key, mine.deviceKey.publicKey));
    if (advance.kind === "refused" || !isListed) return stop("refused");
    db.transaction(() => {
      const former = readMeta(db, "inception");
      // What this device was goes only now that something takes its place.
      if (former !== undefined) forgetDevice(db);
      if (former !== undefined && !equalBytes(former, note.history.inception)) forgetEverybody(db);
      writeOwn(db, { deviceSeed: mine.seed, inception: note.history.inception, server: mine.server });
      writeMeta(db, "card-confirmed", Uint8Array.of(1)); // The master key is not here to be lost.
    });
    engine.groups.clear();
    engine.next.clear();
    engine.own = await readOwn(db, crypto);
    expiry?.();
    show({ side: "new", step: "joining", words: mine.words });
    hooks.joined();
    void offerPackages(mine, peer, note.packagesWanted);
  }

  /** Once home knows this device's addresses, the other one may use them. */
  async function offerPackages(
    mine: NewSide,
    peer: { address: Address; sealKey: Bytes },
    wanted: number,
  ): Promise<void> {
    const keyPackages: Bytes[] = [];
    for (let i = 0; i < Math.min(wanted, packagesMax); i++)
      keyPackages.push((await makeKeyPackage(engine, "hand")).bytes);
    for (let tries = 0; tries < 30 && state === mine; tries++) {
      if ((await registerPoints(engine)) && (await sendTo(peer, { kind: "linkReady", keyPackages }))) {
        engine.phase = "ready";
        return show({ side: "new", step: "done" });
      }
      await new Promise<void>((resolve) => ports.after(500, resolve));
    }
    stop("offline");
  }

  function ready(mine: OldSide, note: Extract<Note, { kind: "linkReady" }>): void {
    const { newKey } = mine;
    if (newKey === undefined) return;
    expiry?.();
    const device = deviceIdOf(crypto.sha256, newKey);
    const own = ownOf(engine).account;
    const ownConversation = ownConversationId(crypto.sha256, own);
    const [forOwn, ...packages] = note.keyPackages;
    db.transaction(() => {
      if (readConversation(db, ownConversation) === undefined) {
        insertConversation(db, {
          conversation: ownConversation,
          kind: "own",
          state: "forming",
          activeMs: ports.nowMs(),
        });
        plan(engine, ownConversation, {
          kind: "found",
          accounts: [own],
          title: "",
          packages: forOwn === undefined ? [] : [forOwn],
        });
      } else {
        plan(engine, ownConversation, {
          kind: "add-device",
          device,
          ...(forOwn === undefined ? {} : { package: forOwn }),
        });
      }
      // The snapshot goes first in the own conversation, so that names are there before the chats.
      say(engine, ownConversation, { kind: "sync", items: snapshot(engine).slice(0, 200), complete: true });
      conversationsToJoin(engine).forEach((conversation, i) => {
        const handed = packages[i];
        plan(engine, conversation, {
          kind: "add-device",
          device,
          ...(handed === undefined ? {} : { package: handed }),
        });
      });
    });
    state = undefined;
    watchAdding(conversationsToJoin(engine).length + 1);
    engine.kick();
  }

  /** Shows how many conversations are still to be joined, until none is. */
  function watchAdding(of: number): void {
    const left = readConversations(db).filter((row) =>
      jobsOf(engine, row.conversation).some(
        ({ job }) => job.kind === "add-device" || (job.kind === "found" && row.kind === "own"),
      ),
    ).length;
    if (left === 0) {
      show({ side: "old", step: "done" });
      return;
    }
    show({ side: "old", step: "adding", done: Math.max(0, of - left), of });
    ports.after(300, () => watchAdding(of));
  }

  return { api, receive };
}

/** Conversations whose group this device can add to. */
function conversationsToJoin(engine: Engine): readonly Bytes[] {
  return readConversations(engine.db)
    .filter((row) => row.kind !== "own" && row.group_id !== null && ["open", "request-out"].includes(row.state))
    .map((row) => row.conversation);
}

function commitmentOf(engine: Engine, deviceKey: Bytes, nonce: Bytes): Bytes {
  return engine.ports.crypto.sha256(concat(utf8("yanshu link commitment v1\0"), deviceKey, nonce));
}

/** Four numbers of 6 bits. */
function wordsOf(
  engine: Engine,
  account: Bytes,
  oldKey: Bytes,
  oldNonce: Bytes,
  newKey: Bytes,
  newNonce: Bytes,
): readonly number[] {
  const hash = engine.ports.crypto.sha256(
    concat(utf8("yanshu link words v1\0"), account, oldKey, oldNonce, newKey, newNonce),
  );
  const bits = ((hash[0] as number) << 16) | ((hash[1] as number) << 8) | (hash[2] as number);
  return Array.from({ length: wordCount }, (_, i) => (bits >> (18 - 6 * i)) & 63);
}
