/**
 * Family: what a person and the three helpers of their choice say to each other, and to their own devices, of the pieces by which
 * the account comes back (docs/spec/identity.md ID36, ID37).
 */
import {
  type AccountId,
  blob,
  bool,
  type DeviceId,
  fixed,
  type Infer,
  idBytes,
  limits,
  list,
  struct,
  uint,
} from "@yanshu/wire";

export const familyLimits = {
  helpers: 3,
  /** A place, and 32 bytes. */
  pieceBytes: 33,
  checkBytes: 16,
  sealedMax: 2_048,
} as const;

const account = fixed<AccountId>(idBytes.account);
const check = fixed(familyLimits.checkBytes);
const piece = fixed(familyLimits.pieceBytes);

const helper = struct({ account, isKept: bool });
export type FamilyHelper = Infer<typeof helper>;

export const familyBodies = {
  /**
   * To a helper: a piece, sealed to each of their devices; in the sender's outbox alone it lies open. With neither, they keep none
   * any more. The newest counts. `check` is the same for all pieces of one secret.
   */
  familyPiece: struct(
    {
      stampMs: uint(),
      check,
      sealed: list(
        struct({ reader: fixed<DeviceId>(idBytes.device), sealed: blob(familyLimits.sealedMax) }),
        limits.devicesMax,
      ),
    },
    { piece },
  ),
  /** By the helper: it is kept here. */
  familyPieceKept: struct({ check }),
};

export const familyItems = {
  /** Who keeps pieces of this account; nobody: there are none. */
  family: struct({ stampMs: uint(), check, helpers: list(helper, familyLimits.helpers) }),
  /** The piece that this account keeps of another; without it: none any more. */
  keptPiece: struct({ account, stampMs: uint(), check }, { piece }),
};
