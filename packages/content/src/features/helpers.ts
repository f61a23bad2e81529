/**
 * Helpers: social recovery. An account's secret is split among three contacts (Shamir's threshold scheme, two of
 * three); each keeps one share, here called a piece (docs/spec/identity.md ID36, ID37). Here are the messages that hand
 * pieces over, what own devices tell each other of them, and the notes by which a helper gives a piece back (ID38).
 * `check`: 16 bytes that follow from the secret (HKDF, ID36), and are equal for all of its pieces.
 */
import { type Address, blob, bool, fixed, type Infer, idBytes, limits, list, struct, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal, synced } from "../feature.ts";
import { account, device, name } from "../fields/ids.ts";

export const familyLimits = {
  helpers: 3,
  /** The place of the piece (1, 2 or 3), and its 32 bytes. */
  pieceBytes: 33,
  checkBytes: 16,
  sealedBytesMax: 2_048,
} as const;

const check = fixed(familyLimits.checkBytes);
const piece = fixed(familyLimits.pieceBytes);

const helper = struct({ account, isKept: bool });
export type FamilyHelper = Infer<typeof helper>;

export const helpers = contentFeature({
  bodies: {
    /**
     * To a helper: a piece, sealed to each of their devices. `piece` is never sent: it holds the piece in the sender's
     * own outbox until it is sealed. With no `sealed` and no `piece` the helper is to forget what they keep. The
     * newest `stampMs` counts.
     */
    familyPiece: ephemeralSignal(
      struct(
        {
          stampMs: uint(),
          check,
          sealed: list(struct({ reader: device, sealed: blob(familyLimits.sealedBytesMax) }), limits.devicesMax),
        },
        { piece },
      ),
    ),
    /** The helper's answer: the piece is stored. */
    familyPieceKept: ephemeralSignal(struct({ check })),
  },
  synced: {
    /** Who keeps pieces of this account. An empty list: nobody does. */
    family: synced(struct({ stampMs: uint(), check, helpers: list(helper, familyLimits.helpers) })),
    /** The piece that this account keeps for another. Without `piece`: it was given up. */
    keptPiece: synced(struct({ account, stampMs: uint(), check }, { piece })),
  },
  notes: {
    /** Helper → the person who lost their devices: I keep a piece of this account. */
    familyHello: struct({
      account,
      nonce: fixed(16),
      replyTo: fixed<Address>(idBytes.address),
      replySealKey: fixed(idBytes.publicKey),
      /** The helper's name; unverified until both have compared the four words. */
      name,
      /** The helper's name for the person; as unverified. */
      called: name,
    }),
    /** The person → the helper: the nonce that opens the commitment in the link. */
    familyReveal: struct({ nonce: fixed(16) }),
    /**
     * Helper → the person, after the helper heard the person's voice and the words matched. `nonce` is that of
     * `familyHello`, which only its reader can name.
     */
    familyPiece: struct({ nonce: fixed(16), check, piece }),
  },
});
