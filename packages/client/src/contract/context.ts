/** All that a feature may do (../feature.ts). */
import type { ChatContext } from "./chat.ts";
import type { DeviceContext } from "./device.ts";
import type { GroupContext } from "./groups.ts";
import type { FeatureLinks } from "./links.ts";
import type { PersonContext } from "./person.ts";
import type { EntryReader, PublicLog } from "./public-log.ts";
import type { FeatureRooms } from "./rooms.ts";

/** It sees neither ratchets nor groups nor the link to the server, and no key of the account or of this device. */
export type FeatureContext = DeviceContext &
  PersonContext &
  ChatContext &
  GroupContext & {
    readonly rooms: FeatureRooms;
    readonly links: FeatureLinks;
    /** Undefined where no feature of this client keeps one. */
    readonly publicLog: () => PublicLog | undefined;
    /** Who reads entries of this kind, beside the keeper of the log. */
    readonly entryReader: (kind: string) => EntryReader | undefined;
  };
