/**
 * Passkeys (docs/spec/identity.md ID33): the root has home keep what one opens, and who shows the passkey's secret is
 * answered it. Each on a connection of its own (DS50).
 */
import type { KeyPair } from "@yanshu/mls";
import { countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, fromHex, passkeyProofBytes, toHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { Passkey, RootBy } from "../api/recovery.ts";
import type { Errand, Hello } from "../connection/link.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { tagOf, unwrapMasterKey, wrapMasterKey } from "../identity/master-wrap.ts";
import { rootKeyOf } from "../identity/own.ts";
import { mustBeOwnRoot } from "../identity/own-root.ts";
import { readCard } from "./card.ts";

const secretBytes = 32;

type PasskeysApi = Pick<CoreApi, "keepPasskey" | "hasPasskey">;

export function passkeysApi(engine: Engine): PasskeysApi {
  const { db, ports } = engine;
  const { crypto } = ports;

  return {
    async keepPasskey({ secret, card }) {
      const own = ownOf(engine);
      // @checks ID33
      if (secret.length !== secretBytes) throw new ClientError("not-allowed");
      const { masterKey, root } = await ownRoot(engine, card === undefined ? undefined : { card });
      const tag = tagOf(crypto, "passkey", secret);
      const wrap = await wrapMasterKey(crypto, "passkey", secret, own.account, masterKey);
      const { errand, hello } = await errandTo(engine, own.server);
      const { domain, incarnation, nonce } = hello;
      const proof = passkeyProofBytes({ domain, incarnation, nonce, account: own.account, tag, wrap });
      const signature = await crypto.sign(root.privateKey, proof);
      const answer = await errand
        .call("keepPasskey", { account: own.account, tag, wrap, signature })
        .finally(errand.close);
      if (answer.kind === "lost") throw new ClientError("server-unreachable");
      if (answer.kind === "error") throw new ClientError(answer.code === "rate-limited" ? "too-often" : "refused");
      db.transaction(() => {
        deleteMeta(db, "master-key");
        writeMeta(db, "card-confirmed", Uint8Array.of(1));
      });
      engine.changed("status");
    },

    async hasPasskey() {
      await engine.link.whenReady("signed");
      const answer = await engine.link.call("signed", "passkeyState", {});
      if (answer.kind !== "ok") throw new ClientError("offline");
      return answer.value.isKept;
    },
  };
}

/**
 * The own master key: that which is here, or the card's, or the passkey's. Rejects with `not-allowed` when it is not
 * here, `bad-card` or `no-account` when the card or the passkey is another's.
 * @checks ID33
 */
export async function ownRoot(
  engine: Engine,
  by: RootBy | undefined,
): Promise<{ readonly masterKey: Bytes; readonly root: KeyPair }> {
  const own = ownOf(engine);
  if (by !== undefined && "passkey" in by && by.passkey.account !== toHex(own.account))
    throw new ClientError("no-account");
  const masterKey =
    by === undefined
      ? readMeta(engine.db, "master-key")
      : "card" in by
        ? await masterKeyOn(engine, by.card)
        : await masterKeyBy(engine, by.passkey, own.server);
  if (masterKey === undefined) throw new ClientError(by === undefined ? "not-allowed" : "bad-card");
  const root = await rootKeyOf(engine.ports.crypto, masterKey);
  await mustBeOwnRoot(engine, masterKey);
  return { masterKey, root };
}

async function masterKeyOn({ ports }: Engine, card: string): Promise<Bytes | undefined> {
  const read = await readCard(card, ports.crypto.sha256);
  return read.kind === "card" ? read.masterKey : undefined;
}

/** The master key, by the passkey alone. Rejects with `no-account` when home keeps nothing for it that opens. */
export async function masterKeyBy(engine: Engine, passkey: Passkey, server: string): Promise<Bytes> {
  const { crypto } = engine.ports;
  const { errand } = await errandTo(engine, server);
  const answer = await errand
    .call("findPasskey", { tag: tagOf(crypto, "passkey", passkey.secret) })
    .finally(errand.close);
  if (answer.kind === "lost") throw new ClientError("server-unreachable");
  if (answer.kind === "error") throw new ClientError(answer.code === "rate-limited" ? "too-often" : "refused");
  const account = fromHex(passkey.account);
  const { wrap } = answer.value;
  const masterKey = wrap && (await unwrapMasterKey(crypto, "passkey", passkey.secret, account, wrap));
  // @checks ID33
  if (masterKey === undefined) throw new ClientError("no-account");
  return masterKey; // Sealed for this account; whether it is its root still is for the list to say.
}

/** A connection of its own, and how home greeted on it: what a root signs is bound to that. */
export async function errandTo(engine: Engine, server: string): Promise<{ errand: Errand; hello: Hello }> {
  let hello: Hello | undefined;
  const errand = await engine.link.errand(server, async (_call, greeted) => {
    hello = greeted;
    return true;
  });
  if (errand === undefined || hello === undefined) throw new ClientError("server-unreachable");
  // What is signed names a home: another that stands between would have it signed for itself (ID45).
  // @checks ID45
  if (hello.domain !== server) {
    errand.close();
    countDiagnostic(engine.db, "wrong-domain");
    throw new ClientError("wrong-server");
  }
  return { errand, hello };
}
