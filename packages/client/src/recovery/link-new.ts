/**
 * The new device's side of linking (docs/spec/identity.md ID12–ID15): it shows a link that commits to its key,
 * opens the commitment to the first who scans, and becomes a device of that account once the account's list
 * names it.
 */
import type { Note, NoteOf } from "@yanshu/content";
import type { KeyPair } from "@yanshu/mls";
import { readMeta, readPerson } from "@yanshu/store";
import { type AccountId, accountIdOf, type Bytes, encodeLink, equalBytes, toHex } from "@yanshu/wire";
import type { CoreApi, LinkedPerson } from "../api/core.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { faceOf } from "../values/faces.ts";
import { adoptAccount } from "./adopt-account.ts";
import { commitmentOf, wordsOf } from "./link-proof.ts";
import type { LinkTable, Talk } from "./link-table.ts";
import { meetingMsMax, type Peer } from "./meeting.ts";

export const packagesMax = 200;
const readyTriesMax = 30;
const readyRetryMs = 500;

/** The device that scanned, and what it said. */
type Joining = Peer & { readonly hello: NoteOf<"linkHello"> };

type NewSide = {
  readonly talk: Talk;
  readonly server: string;
  readonly seed: Bytes;
  readonly deviceKey: KeyPair;
  peer?: Joining;
  words: readonly number[];
  /** The account whose data are deleted if the person agrees. */
  forgets?: LinkedPerson;
  agreed: boolean;
  joined: boolean;
  /** The other device's confirmation, while this one's person has not agreed. */
  confirm?: NoteOf<"linkConfirm">;
};

/** @param joined is called once the device is one of the account's. */
export function createNewSide(engine: Engine, table: LinkTable, joined: () => void) {
  const { ports, db } = engine;
  const { crypto } = ports;
  let mine: NewSide | undefined;

  async function start(): ReturnType<CoreApi["startLinking"]> {
    // @checks ID12
    const isFree = engine.own === undefined || engine.phase === "signed-out" || engine.phase === "linking";
    // @checks ID12
    if (!isFree) throw new ClientError("has-account");
    const { server } = ports;
    if (server === undefined) throw new ClientError("wrong-server");
    const seed = crypto.random(32);
    const deviceKey = await crypto.signatureKeyPair(seed);
    const talk = await table.open("new", server, heard);
    if (talk === undefined) {
      table.end({ side: "new", step: "stopped", why: "server-unreachable" });
      throw new ClientError("server-unreachable");
    }
    mine = { talk, server, seed, deviceKey, words: [], agreed: false, joined: false };
    const link = {
      server,
      rendezvous: talk.address,
      sealKey: talk.sealKey,
      commitment: commitmentOf(crypto, { key: deviceKey.publicKey, nonce: talk.nonce }),
    };
    table.show({
      side: "new",
      step: "show",
      link: encodeLink(ports.originOf(server), { kind: "device", link }),
      expiresAtMs: ports.nowMs() + meetingMsMax,
    });
  }

  async function heard(note: Note): Promise<void> {
    if (mine === undefined) return;
    if (note.kind === "linkHello") await hello(mine, note);
    else if (note.kind === "linkConfirm") await confirmed(mine, note);
    else if (note.kind === "linkStop") table.stop("words-differ");
  }

  async function hello(side: NewSide, note: NoteOf<"linkHello">): Promise<void> {
    // @checks ID12
    if (side.peer !== undefined) return; // The first who scanned; a second one is not answered.
    await engine.lists.take(note.history); // One that is refused names nobody.
    // @checks ID21
    const listed =
      equalBytes(accountIdOf(crypto.sha256, note.history.inception), note.account) &&
      engine.lists.devices(note.account).some(({ key }) => equalBytes(key, note.deviceKey));
    // @checks ID21
    if (!listed) return table.stop("refused");
    const { nonce } = side.talk;
    const key = side.deviceKey.publicKey;
    side.peer = { address: note.replyTo, sealKey: note.replySealKey, hello: note };
    side.words = wordsOf(crypto, note.account, { key: note.deviceKey, nonce: note.nonce }, { key, nonce });
    const former = formerPerson();
    if (former !== undefined && former.account !== toHex(note.account)) side.forgets = former;
    await side.talk.send(side.peer, { kind: "linkReveal", deviceKey: key, nonce });
    showWords(side, side.peer);
  }

  function showWords({ words, forgets, agreed }: NewSide, { hello }: Joining): void {
    const who = personOf(hello.account, hello.name ?? "");
    table.show({ side: "new", step: "compare", words, who, agreed, ...(forgets === undefined ? {} : { forgets }) });
  }

  /** The account of this device, also after it was signed out. */
  function formerPerson(): LinkedPerson | undefined {
    const inception = readMeta(db, "inception");
    if (inception === undefined) return undefined;
    const account = accountIdOf(crypto.sha256, inception);
    const person = readPerson(db, account);
    return personOf(account, person?.name ?? "", person?.avatar);
  }

  /** The person at this device decides whether it joins the account, and whether another account's data are deleted. */
  async function confirm(join: boolean): ReturnType<CoreApi["confirmJoin"]> {
    const side = mine;
    // @checks ID21
    if (side?.peer === undefined || !side.talk.isOn()) throw new ClientError("link-expired");
    if (!join) {
      await side.talk.send(side.peer, { kind: "linkStop" });
      table.stop("link-declined");
      return;
    }
    side.agreed = true;
    const held = side.confirm;
    if (held === undefined) showWords(side, side.peer);
    else await engine.turn.take(() => confirmed(side, held));
  }

  async function confirmed(side: NewSide, note: NoteOf<"linkConfirm">): Promise<void> {
    const { peer } = side;
    // @checks ID15
    if (peer === undefined || !equalBytes(note.history.inception, peer.hello.history.inception)) return;
    await engine.lists.take(note.history);
    const isListed = engine.lists
      .devices(peer.hello.account)
      .some(({ key }) => equalBytes(key, side.deviceKey.publicKey));
    // @checks ID15
    if (!isListed) return table.stop("refused");
    // Who scanned first may be anybody: the person here says that the words are the same (ID21).
    // @checks ID21
    if (!side.agreed) {
      side.confirm = note;
      return;
    }
    // @checks ID15
    if (!side.talk.isOn() || side.joined) return;
    side.joined = true;
    await join(side, note);
  }

  async function join(side: NewSide, { history, packagesWanted }: NoteOf<"linkConfirm">): Promise<void> {
    await adoptAccount(engine, { deviceSeed: side.seed, inception: history.inception, server: side.server });
    table.settled();
    table.show({ side: "new", step: "joining", words: side.words });
    joined();
    offerPackages(side, packagesWanted).catch((error: unknown) => {
      engine.failed(error);
      if (side.talk.isOn()) table.stop("storage");
    });
  }

  /** Hands over key packages once home knows this device's addresses. */
  async function offerPackages({ talk, peer }: NewSide, wanted: number): Promise<void> {
    const keyPackages: Bytes[] = [];
    for (let i = 0; i < Math.min(wanted, packagesMax); i++)
      keyPackages.push((await makeKeyPackage(engine, "hand")).bytes);
    for (let tries = 0; tries < readyTriesMax && talk.isOn(); tries++) {
      const isKnown = await registerAddresses(engine);
      if (peer !== undefined && isKnown && (await talk.send(peer, { kind: "linkReady", keyPackages }))) {
        return table.end({ side: "new", step: "done" });
      }
      await new Promise<void>((resolve) => ports.after(readyRetryMs, resolve));
    }
    if (talk.isOn()) table.stop("offline");
  }

  /** Tells the other device that the linking was cancelled. */
  async function cancel(): Promise<void> {
    if (mine?.peer !== undefined && mine.talk.isOn() && !mine.joined)
      await mine.talk.send(mine.peer, { kind: "linkStop" });
  }

  return { start, confirm, cancel };
}

function personOf(account: AccountId, name: string, picture?: Bytes | null): LinkedPerson {
  return { account: toHex(account), name, face: faceOf(account, name, picture ?? null) };
}
