/**
 * Channels 视频号 (docs/spec/channels.md CH): what friends tell each other of what is public, and what own devices tell
 * one another. Films and entries themselves are public, and no content of envelopes.
 */
import { blob, bool, fixed, list, struct, text, uint } from "@yanshu/wire";
import { contentFeature, signal, synced } from "../feature.ts";

export const channelSaidLimits = {
  /** ♥ that one message tells. */
  likesMax: 32,
  /** Of a home's name. */
  homeMax: 255,
  inceptionBytesMax: 512,
} as const;

const hash = fixed(32);

export const channels = contentFeature({
  bodies: {
    /**
     * To one friend. `likes`: films that the sender likes, or does no more. `head`: the newest pack of the sender's
     * home, so that a home that shows two people different packs is found out (CH9).
     */
    channels: signal(
      struct(
        {},
        {
          likes: list(struct({ entry: hash, isOn: bool, stampMs: uint() }), channelSaidLimits.likesMax),
          head: struct({ home: text(channelSaidLimits.homeMax), n: uint(0xffff_ffff), hash }),
        },
      ),
    ),
  },
  synced: {
    /** A channel of this person's own: `seed` makes the key that signs its entries. */
    channelOwn: synced(
      struct({ channel: hash, seed: fixed(32), inception: blob(channelSaidLimits.inceptionBytesMax), stampMs: uint() }),
    ),
    /** Whom this person follows. */
    channelFollow: synced(struct({ channel: hash, isOn: bool, stampMs: uint() })),
    /** What this person likes. */
    channelLike: synced(struct({ entry: hash, isOn: bool, stampMs: uint() })),
  },
});
