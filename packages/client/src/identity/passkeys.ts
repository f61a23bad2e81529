/**
 * Passkeys (docs/spec/identity.md ID33): the root has home keep what one opens, and whoever shows the passkey's secret is
 * answered it. Each on a connection of its own (DS50).
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { accountIdOf, type Bytes, encodeInception, equalBytes, fromHex, passkeyProofBytes } from "@yanshu/wire";
import { type ClientApi, ClientError, type Passkey } from "../api.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import type { Errand, Hello } from "../core/link.ts";
import { readCard } from "./card.ts";
import { rootKeyOf } from "./own.ts";
import { passkeyTag, unwrapMasterKey, wrapMasterKey } from "./passkey-wrap.ts";

const secretBytes = 32;

type PasskeysApi = Pick<ClientApi, "keepPasskey" | "hasPasskey">;

export function passkeysApi(engine: Engine): PasskeysApi {
  const { db, ports } = engine;
  const { crypto } = ports;

  return {
    async keepPasskey({ secret, card }) {
      const own = ownOf(engine);
      if (secret.length !== secretBytes) throw new ClientError("not-allowed");
      const masterKey = card === undefined ? readMeta(db, "master-key") : masterKeyOn(card);
      if (masterKey === undefined) throw new ClientError(card === undefined ? "not-allowed" : "bad-card");
      const root = await rootKeyOf(crypto, masterKey);
      if (!equalBytes(encodeInception(root.publicKey), own.inception)) throw new ClientError("bad-card");
      const tag = passkeyTag(crypto, secret);
      const wrap = await wrapMasterKey(crypto, secret, own.account, masterKey);
      const { errand, hello } = await errandTo(engine, own.server);
      const { domain, incarnation, nonce } = hello;
      const proof = passkeyProofBytes({ domain, incarnation, nonce, account: own.account, tag, wrap });
      const signature = await crypto.sign(root.privateKey, proof);
      const answer = await errand
        .call("keepPasskey", { inception: own.inception, tag, wrap, signature })
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

function masterKeyOn(card: string): Bytes | undefined {
  const read = readCard(card);
  return read.kind === "card" ? read.masterKey : undefined;
}

/** The master key, by the passkey alone. Rejects with `no-account` when home keeps nothing for it that opens. */
export async function masterKeyBy(engine: Engine, passkey: Passkey, server: string): Promise<Bytes> {
  const { crypto } = engine.ports;
  const { errand } = await errandTo(engine, server);
  const answer = await errand.call("findPasskey", { tag: passkeyTag(crypto, passkey.secret) }).finally(errand.close);
  if (answer.kind === "lost") throw new ClientError("server-unreachable");
  if (answer.kind === "error") throw new ClientError(answer.code === "rate-limited" ? "too-often" : "refused");
  const account = fromHex(passkey.account);
  const { wrap } = answer.value;
  const masterKey = wrap && (await unwrapMasterKey(crypto, passkey.secret, account, wrap));
  if (masterKey === undefined) throw new ClientError("no-account");
  const { publicKey } = await rootKeyOf(crypto, masterKey);
  if (!equalBytes(accountIdOf(crypto.sha256, encodeInception(publicKey)), account)) throw new ClientError("no-account");
  return masterKey;
}

/** A connection of its own, and how home greeted on it: what a root signs is bound to that. */
export async function errandTo(engine: Engine, server: string): Promise<{ errand: Errand; hello: Hello }> {
  let hello: Hello | undefined;
  const errand = await engine.link.errand(server, async (_call, greeted) => {
    hello = greeted;
    return true;
  });
  if (errand === undefined || hello === undefined) throw new ClientError("server-unreachable");
  return { errand, hello };
}
