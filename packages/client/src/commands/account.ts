/** The account: made, named, carried on a card, and its devices (docs/spec/identity.md ID1–ID5, ID11, ID17, ID18). */
import { fieldLimits } from "@yanshu/content";
import { deleteMeta, readConversations, readMeta, writeMeta } from "@yanshu/store";
import { type Link as AnyLink, type Bytes, decodeLink, type ErrorCode, equalBytes, toHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { makeKey } from "../backup/make-key.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError, type ClientErrorCode } from "../errors.ts";
import { hasContactCapability, keepContactCapability } from "../identity/contact-link.ts";
import { listDevices, makeAccount, readOwn, writeOwn, writeOwnProfile } from "../identity/own.ts";
import { mustBeOwnRoot } from "../identity/own-root.ts";
import { chosenName } from "../ids.ts";
import { areOnCard, cardOf } from "../recovery/card.ts";
import { ownRoot } from "../recovery/passkeys.ts";

/** Why a code lets nobody in (docs/spec/delivery.md DS140). */
const whyNot: Partial<Record<ErrorCode | "unknown", ClientErrorCode>> = {
  "bad-token": "link-reset",
  "invite-expired": "invite-expired",
  "invite-used-up": "invite-used-up",
  "rate-limited": "link-used-up",
};

type AccountApi = Pick<CoreApi, "createAccount" | "revokeDevice" | "recoveryCard" | "confirmCard">;

/** @param joined is called once an account lives here. */
export function accountApi(engine: Engine, joined: () => void): AccountApi {
  const { db, ports } = engine;
  /** The key of the card that is being looked at, where a passkey gave it: never stored here. */
  let shown: Bytes | undefined;

  return {
    async createAccount({ name, picture, link }) {
      if (engine.own !== undefined) throw new ClientError("has-account");
      const chosen = chosenName(name, false);
      checkPicture(picture);
      const { server, token } = invitationOf(decodeLink(link));
      if (ports.server !== undefined && server !== ports.server) throw new ClientError("wrong-server");
      // It names the account, so it goes on a connection of its own (DS50).
      const errand = await engine.link.errand(server);
      if (errand === undefined) throw new ClientError("server-unreachable");
      const made = await makeAccount(ports.crypto, server);
      const answer = await errand
        .call("register", { token, inception: made.inception, entry: made.entry })
        .finally(errand.close);
      if (answer.kind === "lost") throw new ClientError("server-unreachable");
      if (answer.kind === "error") throw new ClientError(whyNot[answer.code] ?? "refused");
      await engine.lists.take({ inception: made.inception, entries: [made.entry] });
      db.transaction(() => writeOwn(db, made));
      const own = await readOwn(db, ports.crypto);
      if (own === undefined) throw new ClientError("storage");
      engine.own = own;
      db.transaction(() => writeOwnProfile(db, own.account, chosen, picture, ports.nowMs()));
      engine.phase = "ready";
      engine.changed("status", "people");
      joined();
    },

    /** The entry goes to home first: it ends the device's sign-in. Then every group is rid of its leaves (ID18). */
    async revokeDevice(hex) {
      const own = ownOf(engine);
      const gone = engine.lists.devices(own.account).find(({ id }) => toHex(id) === hex)?.key;
      if (gone === undefined || hex === toHex(own.device)) throw new ClientError("not-allowed");
      const refused = await listDevices(engine, (listed) => listed.filter((key) => !equalBytes(key, gone)));
      if (refused !== undefined) throw new ClientError(refused);
      makeKey(engine); // It goes out after the leaf, which the device that was removed does not open any more.
      for (const row of readConversations(db)) engine.kick(row.conversation);
      if (hasContactCapability(engine)) void keepContactCapability(engine);
    },

    async recoveryCard(passkey) {
      const own = ownOf(engine);
      // Home may keep for a passkey what the former card led to, and a key that is here may have had its day.
      const { masterKey } = await ownRoot(engine, passkey && { passkey });
      shown = masterKey;
      return cardOf(masterKey, own.account, own.server);
    },

    async confirmCard(answers) {
      const masterKey = readMeta(db, "master-key") ?? shown;
      if (masterKey === undefined) throw new ClientError("not-allowed");
      await mustBeOwnRoot(engine, masterKey); // It may have been changed while it was being written down.
      if (!(await areOnCard(masterKey, answers))) return false;
      shown = undefined;
      db.transaction(() => {
        deleteMeta(db, "master-key");
        writeMeta(db, "card-confirmed", Uint8Array.of(1));
      });
      engine.changed("status");
      return true;
    },
  };
}

function invitationOf(read: AnyLink | undefined): { server: string; token: Bytes } {
  if (read?.kind === "invite") return read.link;
  if (read?.kind === "group") return { server: read.link.server, token: read.link.token };
  if (read?.kind === "contact") return { server: read.link.server, token: read.link.capability };
  throw new ClientError("bad-link");
}

function checkPicture(picture: Bytes | undefined): void {
  if (picture !== undefined && picture.length > fieldLimits.avatarBytesMax) throw new ClientError("bad-picture");
}
