/**
 * Helpers: what a person and the three helpers of their choice say to each other, and to their own devices, of the pieces by which
 * the account comes back (docs/spec/identity.md ID36, ID37).
 */
import { type Address, blob, bool, fixed, type Infer, idBytes, limits, list, struct, uint } from "@yanshu/wire";
import { contentFeature, momentarySignal, synced } from "../feature.ts";
import { account, device, name } from "../fields/ids.ts";

export const familyLimits = {
  helpers: 3,
  /** A place, and 32 bytes. */
  pieceBytes: 33,
  checkBytes: 16,
  sealedMax: 2_048,
} as const;

const check = fixed(familyLimits.checkBytes);
const piece = fixed(familyLimits.pieceBytes);

const helper = struct({ account, isKept: bool });
export type FamilyHelper = Infer<typeof helper>;

export const helpers = contentFeature({
  bodies: {
    /**
     * To a helper: a piece, sealed to each of their devices; in the sender's outbox alone it lies open. With neither, they keep none
     * any more. The newest counts. `check` is the same for all pieces of one secret.
     */
    familyPiece: momentarySignal(
      struct(
        {
          stampMs: uint(),
          check,
          sealed: list(struct({ reader: device, sealed: blob(familyLimits.sealedMax) }), limits.devicesMax),
        },
        { piece },
      ),
    ),
    /** By the helper: it is kept here. */
    familyPieceKept: momentarySignal(struct({ check })),
  },
  synced: {
    /** Who keeps pieces of this account; nobody: there are none. */
    family: synced(struct({ stampMs: uint(), check, helpers: list(helper, familyLimits.helpers) })),
    /** The piece that this account keeps of another; without it: none any more. */
    keptPiece: synced(struct({ account, stampMs: uint(), check }, { piece })),
  },
  notes: {
    /** Helper → the person who lost their devices: I keep a piece of this account. */
    familyHello: struct({
      account,
      nonce: fixed(16),
      replyTo: fixed<Address>(idBytes.address),
      replySealKey: fixed(idBytes.publicKey),
      /** What the helper is called, and what they call the other: shown, and worth nothing until the words were compared. */
      name,
      called: name,
    }),
    /** Back: opens the commitment of the link. */
    familyReveal: struct({ nonce: fixed(16) }),
    /** Helper → the other, after the person heard their voice. `nonce` is that of the hello, which only its reader can name. */
    familyPiece: struct({ nonce: fixed(16), check, piece }),
  },
});
