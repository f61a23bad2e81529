/**
 * Linking a new device: the notes between the two devices until the list has the new one (docs/spec/identity.md
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
      /** The person's name: shown, but not trusted until the words were compared. */
      { name },
    ),
    /** New → signed-in: reveals the key and nonce of the link's commitment. */
    linkReveal: struct({ deviceKey: fixed(idBytes.publicKey), nonce: fixed(16) }),
    /** Signed-in → new, after the person confirmed: the list now has the new device. */
    linkConfirm: struct({ history: accountHistory, packagesWanted: uint(packagesMax) }),
    /** New → signed-in: the new device is signed in; these key packages add it to conversations. */
    linkReady: struct({ keyPackages: list(blob(limits.keyPackageBytesMax), packagesMax) }),
    /** Either direction: ends the attempt. Recovery by helpers uses it too. */
    linkStop: struct({}),
  },
});
