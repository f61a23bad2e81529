/**
 * Changes the recovery card (docs/spec/identity.md ID46): a new root key replaces the one on a card that may have been
 * seen. The old card stays valid until the new one is on paper, so that no failure leaves the account without a card.
 */
import { deleteMeta, writeMeta } from "@yanshu/store";
import {
  type Bytes,
  encodeEntry,
  entryBytes,
  equalBytes,
  groundOfRoot,
  headOf,
  nextEntryBody,
  rootChangeBytes,
  rootHashOf,
} from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { keepOwed, oweRecord } from "../backup/keep-record.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { followOwnList, nextRootKeyOf, recoveryKeyOf, rootKeyOf, today } from "../identity/own.ts";
import { isOwnRoot } from "../identity/own-root.ts";
import { areOnCard, cardOf } from "./card.ts";
import { endFamilyHere } from "./helpers.ts";
import { ownRoot } from "./passkeys.ts";

/** The master keys of the valid card (`old`) and of the one being written down (`next`). In memory only. */
type Drafted = { readonly old: Bytes; readonly next: Bytes };

export function changeCardApi(engine: Engine): Pick<CoreApi, "newCard" | "confirmNewCard"> {
  let drafted: Drafted | undefined;
  return {
    async newCard(by) {
      const own = ownOf(engine);
      const { masterKey } = await ownRoot(engine, by);
      // A repeated call returns the same card, which may be on paper already.
      const isSame = drafted !== undefined && equalBytes(drafted.old, masterKey);
      drafted = { old: masterKey, next: isSame && drafted ? drafted.next : engine.ports.crypto.random(32) };
      return cardOf(drafted.next, own.account, own.server);
    },

    async confirmNewCard(answers) {
      if (drafted === undefined) throw new ClientError("not-allowed");
      const tried = drafted;
      // @checks ID46
      if (!(await areOnCard(tried.next, answers))) return false;
      await changeRoot(engine, tried);
      drafted = undefined;
      return true;
    },
  };
}

async function changeRoot(engine: Engine, drafted: Drafted): Promise<void> {
  const { db, lists, link } = engine;
  const own = ownOf(engine);
  // not a check: the network's answer.
  if (!(await link.whenReady("signed")) || !(await followOwnList(engine))) throw new ClientError("offline");
  // Home may have accepted it although its answer was lost.
  if (!(await isOwnRoot(engine, drafted.next))) {
    const entries = await entriesFor(engine, drafted);
    const { publicKey: recoveryPub } = await recoveryKeyOf(engine.ports.crypto, drafted.next);
    db.transaction(() => oweRecord(engine, recoveryPub));
    const answer = await link.call("signed", "appendEntries", { account: own.account, entries });
    if (answer.kind === "lost") throw new ClientError("server-unreachable");
    if (answer.kind === "error") throw new ClientError("refused");
    await lists.take({ inception: own.inception, entries });
  }
  db.transaction(() => {
    deleteMeta(db, "master-key");
    writeMeta(db, "card-confirmed", Uint8Array.of(1));
  });
  endFamilyHere(engine);
  engine.changed("status", "devices", "family");
  engine.schedule();
  // A restore with the new card finds no record until this one is stored (ID51). The new card is valid already: on
  // failure the person confirms once more.
  // @checks ID51
  if ((await keepOwed(engine)) !== "paid") throw new ClientError("server-unreachable");
}

/** The entry that changes the root key, after the entries that it follows: all devices stay. */
async function entriesFor(engine: Engine, { old, next }: Drafted): Promise<Bytes[]> {
  const { crypto } = engine.ports;
  const list = await engine.lists.load(ownOf(engine).account);
  const head = list && headOf(list)?.body;
  if (list === undefined || head === undefined) throw new Error("invariant: own device list is held");
  const ground = groundOfRoot(list);
  const signer = await nextRootKeyOf(crypto, old);
  const [root, nextRoot] = [await rootKeyOf(crypto, next), await nextRootKeyOf(crypto, next)];
  const proof = await crypto.sign(root.privateKey, rootChangeBytes(list.account, root.publicKey));
  const body = nextEntryBody(
    ground,
    {
      devices: head.devices,
      vaultEpoch: head.vaultEpoch + 1,
      recoveryPub: (await recoveryKeyOf(crypto, next)).publicKey,
      day: today(engine),
      root: { key: root.publicKey, nextHash: rootHashOf(crypto.sha256, nextRoot.publicKey), proof },
    },
    signer.publicKey,
  );
  const entry = encodeEntry(body, await crypto.sign(signer.privateKey, entryBytes(body)));
  return [...ground.entries.map(({ bytes }) => bytes), entry];
}
