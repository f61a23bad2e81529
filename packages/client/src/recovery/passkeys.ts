/**
 * Passkeys (docs/spec/identity.md ID33): the root key has home store the wrapped master key; a caller that knows the
 * passkey's secret can fetch it. Each call uses a connection of its own (DS50).
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
 * The own master key: stored here, or from the card, or from the passkey. Rejects with `not-allowed` if none is given
 * and none is stored; with `bad-card` or `no-account` if card or passkey are another account's. @checks ID33
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

/** The master key, by the passkey alone. Rejects with `no-account` if home stores none that opens. */
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
  return masterKey; // It was sealed for this account; the device list tells whether it is still the account's root key.
}

/** Opens a separate connection. Its hello is part of what a root key signs. */
export async function errandTo(engine: Engine, server: string): Promise<{ errand: Errand; hello: Hello }> {
  let hello: Hello | undefined;
  const errand = await engine.link.errand(server, async (_call, greeted) => {
    hello = greeted;
    return true;
  });
  if (errand === undefined || hello === undefined) throw new ClientError("server-unreachable");
  // The signature names the home: a server in between could otherwise use it for itself (ID45). @checks ID45
  if (hello.domain !== server) {
    errand.close();
    countDiagnostic(engine.db, "wrong-domain");
    throw new ClientError("wrong-server");
  }
  return { errand, hello };
}
