/**
 * Earlier history: for newcomers of a group (docs/spec/groups.md GR32), and system lines for own devices (SY11).
 */
import { blob, limits, list, struct, text, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal, synced } from "../feature.ts";
import { account, content, conversation, device, fieldLimits } from "../fields/ids.ts";

export const historyLimits = {
  /** Of the encrypted pointer to a part of the history. */
  sealedMax: 2_048,
  linesMax: 32,
} as const;

export const history = contentFeature({
  bodies: {
    /**
     * To a new member: pointers to the part of the history that begins with message number `place`, one encrypted to
     * each of its devices.
     */
    handed: ephemeralSignal(
      struct({
        account,
        place: uint(2 ** 18 - 1),
        sealed: list(struct({ reader: device, sealed: blob(historyLimits.sealedMax) }), limits.devicesMax),
      }),
    ),
  },
  synced: {
    /**
     * System lines of a group from before the receiving device joined. `line`: as stored. `order`: as in the vault
     * (VA10).
     */
    lines: synced(
      struct({
        conversation,
        lines: list(
          struct({ id: content, author: account, atMs: uint(), order: blob(64), line: text(fieldLimits.textMax) }),
          historyLimits.linesMax,
        ),
      }),
    ),
  },
});
