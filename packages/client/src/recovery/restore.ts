/**
 * Restores an account (docs/spec/identity.md ID30, ID33): the card or a passkey gives the root key, home returns the
 * device list, and an entry signed by the root key names this device. The account's state follows after the first
 * sign-in (restore-account-state.ts).
 */
import type { KeyPair } from "@yanshu/mls";
import { awaitHeardBefore, readMeta, writeMeta } from "@yanshu/store";
import {
  type AccountHistory,
  type AccountId,
  type Bytes,
  type DeviceList,
  encodeEntry,
  entryBytes,
  equalBytes,
  fromHex,
  groundOfRoot,
  headOf,
  limits,
  nextEntryBody,
  rootOf,
  rootProofBytes,
} from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { CardFault, ComingBack } from "../api/recovery.ts";
import { keepCameOver } from "../backup/came-over.ts";
import type { Errand, Hello } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { recoveryKeyOf, rootKeyOf, today } from "../identity/own.ts";
import { oweHomes } from "../identity/own-homes.ts";
import { adoptAccount } from "./adopt-account.ts";
import { forgetFamilyBack, masterKeyByFamily } from "./back-by-helpers.ts";
import { type ReadCard, readCard } from "./card.ts";
import { loadCardLists } from "./card-lists.ts";
import { errandTo, masterKeyBy } from "./passkeys.ts";
import { forgetCameBack, takeRemoved } from "./restore-account-state.ts";

type RecoveryApi = Pick<CoreApi, "allCardWords" | "checkCard" | "restoreAccount" | "noteCameBack" | "believeRemoved">;

/** The account to restore, and the keys derived from its master key. */
type Returning = {
  readonly server: string;
  /** From the code on the card; undefined if only words were given. */
  readonly account: AccountId | undefined;
  readonly root: KeyPair;
  readonly recovery: KeyPair;
};

/** @param joined is called once the account is on this device. */
export function recoveryApi(engine: Engine, joined: () => void): RecoveryApi {
  const { ports } = engine;
  const { crypto } = ports;

  async function returning(masterKey: Bytes, server: string | undefined, account?: AccountId): Promise<Returning> {
    const home = server ?? ports.server;
    if (home === undefined) throw new ClientError("wrong-server");
    const root = await rootKeyOf(crypto, masterKey);
    return { server: home, account, root, recovery: await recoveryKeyOf(crypto, masterKey) };
  }

  async function whoBy(by: ComingBack, isHere: boolean): Promise<Returning> {
    if ("family" in by) {
      const { masterKey, server } = await masterKeyByFamily(engine);
      return returning(masterKey, server);
    }
    if ("passkey" in by) {
      const home = ports.server;
      if (home === undefined) throw new ClientError("wrong-server");
      return returning(await masterKeyBy(engine, by.passkey, home), home, fromHex(by.passkey.account));
    }
    const read = await readCard(by.card, ports.crypto.sha256);
    // @checks ID30
    if (read.kind !== "card" || (!isHere && faultOf(engine, read) !== undefined)) throw new ClientError("bad-card");
    return returning(read.masterKey, isHere ? undefined : read.server, read.account);
  }

  async function restoreAccount({
    areOthersLost,
    isHere = false,
    ...by
  }: Parameters<CoreApi["restoreAccount"]>[0]): Promise<void> {
    // @checks ID30
    if (engine.own !== undefined && engine.phase !== "signed-out") throw new ClientError("has-account");
    const who = await whoBy(by, isHere);
    await returnTo(engine, who, areOthersLost);
    forgetFamilyBack(engine);
    engine.phase = "ready";
    engine.changed("status", "people", "devices");
    joined();
  }

  return {
    allCardWords: loadCardLists,
    checkCard: async (text) => faultOf(engine, await readCard(text, engine.ports.crypto.sha256)),
    restoreAccount,
    noteCameBack: async () => {
      engine.db.transaction(() => forgetCameBack(engine));
      engine.changed("status");
    },
    believeRemoved: () => takeRemoved(engine),
  };
}

function faultOf({ ports }: Engine, read: ReadCard): CardFault | undefined {
  if (read.kind !== "card") return read;
  const isElsewhere = read.server !== undefined && ports.server !== undefined && read.server !== ports.server;
  return isElsewhere ? { kind: "server", server: read.server } : undefined;
}

async function returnTo(engine: Engine, who: Returning, areOthersLost: boolean): Promise<void> {
  const { crypto } = engine.ports;
  // The calls name the account, so they use a separate connection (DS50).
  const { errand, hello } = await errandTo(engine, who.server);
  try {
    const list = await listAtHome(engine, who, errand, hello);
    const { inception, account } = list;
    const former = readMeta(engine.db, "inception");
    // @checks ID30
    if (former !== undefined && !equalBytes(former, inception)) throw new ClientError("has-account");
    const seed = crypto.random(32);
    const device = await crypto.signatureKeyPair(seed);
    const ground = groundOfRoot(list);
    const entry = await entryFor(engine, who, list, ground, device.publicKey, areOthersLost);
    // Entries that this device has and home lacks go along.
    const history: AccountHistory = { inception, entries: [...ground.entries.map(({ bytes }) => bytes), entry] };
    const answer = await errand.call("appendEntries", { account, entries: [...history.entries] });
    if (answer.kind === "lost") throw new ClientError("server-unreachable");
    if (answer.kind === "error") throw new ClientError("refused");
    await engine.lists.take(history);
    await adoptAccount(engine, { deviceSeed: seed, inception, server: who.server }, () => {
      writeMeta(engine.db, "recovery-key", who.recovery.privateKey);
      keepCameOver(engine, list, ground);
      oweHomes(engine);
      if (areOthersLost) awaitHeardBefore(engine.db);
    });
  } finally {
    errand.close();
  }
}

/** The list of home, merged with the one stored here. It must certify itself. */
async function listAtHome(
  engine: Engine,
  { account, root }: Returning,
  errand: Errand,
  { domain, incarnation, nonce }: Hello,
): Promise<DeviceList> {
  const { crypto } = engine.ports;
  const rootKey = root.publicKey;
  const signature = await crypto.sign(root.privateKey, rootProofBytes({ domain, incarnation, nonce, rootKey }));
  const answer = await errand.call("rootEntries", { rootKey, signature });
  if (answer.kind === "lost") throw new ClientError("server-unreachable");
  if (answer.kind === "error") {
    // not a check: home's answer, in our words.
    if (answer.code === "unknown-account") throw new ClientError("no-account");
    throw new ClientError(answer.code === "rate-limited" ? "too-often" : "refused");
  }
  const list = await engine.lists.read(answer.value);
  // An entry on another account's list would restore the wrong account. @checks ID30
  const isOwn = list !== undefined && equalBytes(rootOf(list).key, rootKey);
  // @checks ID30
  if (!isOwn || headOf(list) === undefined) throw new ClientError("refused");
  // @checks ID30
  if (account !== undefined && !equalBytes(list.account, account)) throw new ClientError("refused");
  return list;
}

/** The entry signed by the root key, following `ground`: it lists this device, and the devices of `list` that stay. */
async function entryFor(
  engine: Engine,
  { root, recovery }: Returning,
  list: DeviceList,
  ground: DeviceList,
  device: Bytes,
  areOthersLost: boolean,
): Promise<Bytes> {
  const head = headOf(list)?.body;
  const before = head?.devices ?? [];
  const devices = areOthersLost ? [device] : [...before, device];
  // @checks ID30
  if (devices.length > limits.devicesMax) throw new ClientError("not-allowed");
  const body = nextEntryBody(
    ground,
    {
      devices,
      day: today(engine),
      // A removed device knows the vault's keys, and later segments are not sealed with keys that home shows this
      // device either (VA6, VA23).
      vaultEpoch: (head?.vaultEpoch ?? 0) + 1,
      recoveryPub: recovery.publicKey,
    },
    root.publicKey,
  );
  return encodeEntry(body, await engine.ports.crypto.sign(root.privateKey, entryBytes(body)));
}
