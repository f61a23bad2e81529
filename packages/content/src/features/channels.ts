/**
 * Channels 视频号 (docs/spec/channels.md CH): what friends tell each other of what is public, and what own devices tell
 * one another. Films and entries themselves are public, and no content of envelopes.
 */
import { blob, bool, fixed, type Infer, line, list, struct, text, uint } from "@yanshu/wire";
import { contentFeature, signal, synced, syncedOfItsMoment } from "../feature.ts";
import { account } from "../fields/ids.ts";

export const channelSaidLimits = {
  /** ♥ that one message tells. */
  likesMax: 32,
  /** Of a home's name. */
  homeMax: 255,
  inceptionBytesMax: 512,
  /** Of a channel's name. */
  channelNameMax: 64,
} as const;

const hash = fixed(32);
const minute = uint(24 * 60);

/**
 * What a child's Channels are held to (CH66): minutes a day, and the time of day in which they are closed, in minutes
 * since midnight by the device's clock. `forYou`: whether For You is open.
 */
const youthLimits = struct({ isOn: bool, minutes: minute, closedFrom: minute, closedTo: minute, forYou: bool });
export type YouthLimits = Infer<typeof youthLimits>;

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
    /**
     * In a chat of two, for the other alone. `asks`: the sender asks the other to set the limits of their Channels, and
     * asks no more. `limits`: the other's, by whom they asked; not on: they are free.
     */
    channelYouth: signal(struct({ stampMs: uint() }, { asks: bool, limits: youthLimits })),
    /**
     * In a chat of two, for the other alone (CH89). `asks`: the sender asks the other to be an author of a channel,
     * whose `inception` and `name` stand here, or asks no more; said by whom was asked, false declines. `key`: the
     * other agrees, and signs by this key, as `proof` says, its signature (CH121).
     */
    channelAuthor: signal(
      struct(
        { channel: hash, stampMs: uint() },
        {
          asks: bool,
          name: line(channelSaidLimits.channelNameMax),
          inception: blob(channelSaidLimits.inceptionBytesMax),
          key: fixed(32),
          proof: fixed(64),
        },
      ),
    ),
  },
  synced: {
    /**
     * A channel of this person's own: `seed` makes the key that signs its entries. `author`: that key, where others
     * made the channel.
     */
    channelOwn: synced(
      struct(
        { channel: hash, seed: fixed(32), inception: blob(channelSaidLimits.inceptionBytesMax), stampMs: uint() },
        { author: fixed(32) },
      ),
    ),
    /** Whom this person asked to be an author of a channel, and by which key they sign. */
    channelCoauthor: synced(struct({ channel: hash, account, isOn: bool, stampMs: uint() }, { key: fixed(32) })),
    /** Whom this person follows. */
    channelFollow: synced(struct({ channel: hash, isOn: bool, stampMs: uint() })),
    /** What this person likes. */
    channelLike: synced(struct({ entry: hash, isOn: bool, stampMs: uint() })),
    /** What this person keeps. */
    channelSave: synced(struct({ entry: hash, isOn: bool, stampMs: uint() })),
    channelSettings: synced(struct({ tellsFriends: bool, stampMs: uint() })),
    /** What this person's Channels are held to; `guardian`: who alone may change it. */
    channelGuard: synced(struct({ limits: youthLimits, stampMs: uint() }, { guardian: account })),
    /** So long this person watched on that device today; told while there are limits alone. */
    channelTime: syncedOfItsMoment(struct({ day: uint(), ms: uint() })),
  },
});
