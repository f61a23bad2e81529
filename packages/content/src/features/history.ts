/**
 * History of before: what newcomers of a group are handed (docs/spec/groups.md GR32), and lines told to own devices
 * (SY11).
 */
import { blob, limits, list, struct, text, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal, synced } from "../feature.ts";
import { account, content, conversation, device, fieldLimits } from "../fields/ids.ts";

export const historyLimits = {
  /** What tells a device where a part of the history lies, sealed to it. */
  sealedMax: 2_048,
  linesMax: 32,
} as const;

export const history = contentFeature({
  bodies: {
    /**
     * To an account that came: where the part of what was said before lies that begins at `place`, sealed to its
     * devices.
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
     * What happened in a group before the device that is told came; `line` as a device stores it, `order` as in the
     * vault (VA10).
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
