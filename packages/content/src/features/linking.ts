/**
 * Linking a new device: what the two devices say to each other before the list names the new one (docs/spec/identity.md
 * ID12–ID16).
 */
import { type Address, accountHistory, blob, fixed, idBytes, limits, list, struct, uint } from "@yanshu/wire";
import { contentFeature } from "../feature.ts";
import { account, name } from "../fields/ids.ts";

const packagesMax = 200;

export const linking = contentFeature({
  notes: {
    /** Signed-in device → new device. */
    linkHello: struct(
      {
        account,
        history: accountHistory,
        deviceKey: fixed(idBytes.publicKey),
        nonce: fixed(16),
        replyTo: fixed<Address>(idBytes.address),
        replySealKey: fixed(idBytes.publicKey),
      },
      /** What its person is called: shown, and worth nothing until the words were compared. */
      { name },
    ),
    /** New → signed-in: opens the commitment of its link. */
    linkReveal: struct({ deviceKey: fixed(idBytes.publicKey), nonce: fixed(16) }),
    /** Signed-in → new, after the person confirmed: the list now names you. */
    linkConfirm: struct({ history: accountHistory, packagesWanted: uint(packagesMax) }),
    /** New → signed-in: I am signed in; add me with these. */
    linkReady: struct({ keyPackages: list(blob(limits.keyPackageBytesMax), packagesMax) }),
    /** Either: nothing comes of it. Helpers say it too. */
    linkStop: struct({}),
  },
});
