/**
 * Recovery by the family, the side of the account's devices (docs/spec/identity.md ID36, ID37, ID39): the root key
 * chooses the helpers, and any device of the account can stop a restore by them.
 */
import { familyLimits } from "@yanshu/content";
import { directConversationId } from "@yanshu/mls";
import { readContact, readConversation } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, familyProofBytes, fromHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { RootBy } from "../api/recovery.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { type Family, noteFamily, readFamily } from "../identity/helpers-state.ts";
import { tagOf, wrapMasterKey } from "../identity/master-wrap.ts";
import { say } from "../messages/outbox.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { pieceLine } from "./helper-pieces.ts";
import { makeFamilySecret } from "./helpers-secret.ts";
import { errandTo, ownRoot } from "./passkeys.ts";

type FamilyApi = Pick<CoreApi, "chooseFamily" | "endFamily" | "stopFamily">;

export function familyApi(engine: Engine): FamilyApi {
  const { db, ports } = engine;
  const { crypto } = ports;

  /** The chosen helpers, checked first: all three need an open chat. @checks ID36 */
  function chosen(helpers: readonly Hex[]): readonly AccountId[] {
    if (new Set(helpers).size !== familyLimits.helpers) throw new ClientError("not-allowed");
    return helpers.map((hex) => {
      const account = fromHex(hex);
      const isOpen = readConversation(db, chatWith(engine, account))?.state === "open";
      if (readContact(db, account)?.state !== "contact" || !isOpen) throw new ClientError("unknown-contact");
      return account;
    });
  }

  /** Has home store the wrapped key, signed by the root key. */
  async function tellHome(
    by: RootBy | undefined,
    keeping: (masterKey: Bytes) => Promise<{ readonly tag: Bytes; readonly wrap: Bytes } | undefined>,
  ): Promise<void> {
    const own = ownOf(engine);
    const { masterKey, root } = await ownRoot(engine, by);
    const kept = await keeping(masterKey);
    const { errand, hello } = await errandTo(engine, own.server);
    const { domain, incarnation, nonce } = hello;
    const proof = familyProofBytes({ domain, incarnation, nonce, account: own.account, kept });
    const signature = await crypto.sign(root.privateKey, proof);
    const answer = await errand
      .call("keepFamily", { account: own.account, signature, ...(kept === undefined ? {} : { kept }) })
      .finally(errand.close);
    if (answer.kind === "lost") {
      // Home may have accepted it, and the helpers' old pieces open nothing any more: shows no helpers.
      db.transaction(() =>
        become(engine, { stampMs: stampAfter(engine), check: crypto.random(familyLimits.checkBytes), helpers: [] }),
      );
      throw new ClientError("server-unreachable");
    }
    if (answer.kind === "error") throw new ClientError(answer.code === "rate-limited" ? "too-often" : "refused");
    engine.family.isAtHome = kept !== undefined;
  }

  return {
    async chooseFamily({ helpers: hexes, by }) {
      const accounts = chosen(hexes);
      const { secret, check, pieces } = makeFamilySecret(crypto);
      await tellHome(by, async (masterKey) => ({
        tag: tagOf(crypto, "family", secret),
        wrap: await wrapMasterKey(crypto, "family", secret, ownOf(engine).account, masterKey),
      }));
      const former = readFamily(db);
      const before = former?.helpers ?? [];
      const isChosen = ({ account }: { readonly account: AccountId }) =>
        accounts.some((one) => equalBytes(one, account));
      const stampMs = stampAfter(engine);
      db.transaction(() => {
        letGo(
          engine,
          before.filter((helper) => !isChosen(helper)),
          stampMs,
          former?.check ?? check,
        );
        become(engine, { stampMs, check, helpers: accounts.map((account) => ({ account, isKept: false })) });
        accounts.forEach((account, i) => {
          const piece = pieces[i];
          if (piece !== undefined)
            say(engine, chatWith(engine, account), { kind: "familyPiece", stampMs, check, sealed: [], piece });
        });
      });
      engine.schedule();
    },

    async endFamily({ by }) {
      await tellHome(by, async () => undefined);
      endFamilyHere(engine);
      engine.schedule();
    },

    async stopFamily() {
      const { asked } = engine.family;
      if (asked === undefined) return;
      await engine.link.whenReady("signed");
      const answer = await engine.link.call("signed", "stopFamily", { request: asked.request });
      if (answer.kind !== "ok") throw new ClientError("offline");
      await followFamily(engine);
    },
  };
}

/** Ends the recovery by the family on this device's side: home no longer stores what the pieces open. */
export function endFamilyHere(engine: Engine): void {
  const { db, ports } = engine;
  const former = readFamily(db);
  if (former === undefined || former.helpers.length === 0) return;
  const stampMs = stampAfter(engine);
  const check = ports.crypto.random(familyLimits.checkBytes);
  db.transaction(() => {
    letGo(engine, former.helpers, stampMs, former.check);
    become(engine, { stampMs, check, helpers: [] });
  });
}

function chatWith(engine: Engine, account: AccountId) {
  return directConversationId(engine.ports.crypto.sha256, ownOf(engine).account, account);
}

/** Two more, since a word to a helper may be one later than what is noted here (ID75). */
function stampAfter({ db, ports }: Engine): number {
  return Math.max(ports.nowMs(), (readFamily(db)?.stampMs ?? 0) + 2);
}

/** Inside a transaction. */
function become(engine: Engine, family: Family): void {
  noteFamily(engine.db, family);
  tellOwnDevices(engine, [{ kind: "family", ...family, helpers: [...family.helpers] }]);
  engine.changed("family");
}

/** Tells former helpers to delete the pieces with this check. Inside a transaction. */
function letGo(engine: Engine, helpers: Family["helpers"], stampMs: number, check: Bytes): void {
  for (const { account } of helpers) {
    const conversation = chatWith(engine, account);
    if (readConversation(engine.db, conversation)?.state !== "open") continue;
    say(engine, conversation, { kind: "familyPiece", stampMs, check, sealed: [] });
    pieceLine(engine, conversation, { who: account, of: ownOf(engine).account, check, isOn: false });
  }
}

/** Asks home for its state: at each sign-in, and when home reports a change. */
export async function followFamily(engine: Engine): Promise<void> {
  const answer = await engine.link.call("signed", "familyState", {});
  if (answer.kind !== "ok") return;
  const { isKept, asked } = answer.value;
  engine.family.isAtHome = isKept;
  engine.family.asked =
    asked === undefined ? undefined : { request: asked.request, dueAtMs: engine.ports.nowMs() + asked.waitMs };
  engine.changed("status", "family");
}
