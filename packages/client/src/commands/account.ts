/** The account: made, and rid of a device (docs/spec/identity.md ID1–ID5, ID11, ID18). */
import { fieldLimits } from "@yanshu/content";
import { readConversations } from "@yanshu/store";
import { type Bytes, type ErrorCode, equalBytes, toHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { makeKey } from "../backup/make-key.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError, type ClientErrorCode } from "../errors.ts";
import { hasContactCapability, keepContactCapability } from "../identity/contact-link.ts";
import { listDevices, makeAccount, readOwn, writeOwn, writeOwnProfile } from "../identity/own.ts";
import { chosenName } from "../ids.ts";
import { tellKept } from "../messages/own-devices.ts";
import { codeIn } from "../values/links.ts";

/** Why a code lets nobody in (docs/spec/delivery.md DS140). */
const whyNot: Partial<Record<ErrorCode | "unknown", ClientErrorCode>> = {
  "bad-token": "link-reset",
  "invite-expired": "invite-expired",
  "invite-used-up": "invite-used-up",
  "rate-limited": "link-used-up",
};

type AccountApi = Pick<CoreApi, "createAccount" | "revokeDevice">;

/** @param joined is called once an account lives here. */
export function accountApi(engine: Engine, joined: () => void): AccountApi {
  const { db, ports } = engine;

  return {
    async createAccount({ name, picture, link }) {
      if (engine.own !== undefined) throw new ClientError("has-account");
      const chosen = chosenName(name, false);
      checkPicture(picture);
      const { server, token } = codeIn(link);
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
      // What the device told last may reach the others after the list, and count for nothing (SY61).
      db.transaction(() => tellKept(engine));
      for (const row of readConversations(db)) engine.schedule(row.conversation);
      if (hasContactCapability(engine)) void keepContactCapability(engine);
    },
  };
}

function checkPicture(picture: Bytes | undefined): void {
  if (picture !== undefined && picture.length > fieldLimits.avatarBytesMax) throw new ClientError("bad-picture");
}
