/** What stands in a bubble that is not words: pictures, voice, video, a file, a sticker. */
import type { TimelineItem } from "@yanshu/client";
import "../../styles/cards.css";
import "../../styles/media.css";
import { PersonCard } from "../cards/person-card.tsx";
import { GroupCard } from "../groups/group-card.tsx";
import { StickerBody } from "../stickers/sticker-body.tsx";
import { FileCard } from "./file-card.tsx";
import { PhotoGrid } from "./photo-grid.tsx";
import { PlaceCard } from "./place-card.tsx";
import { VideoCard } from "./video-card.tsx";
import { VoiceBubble } from "./voice-bubble.tsx";

type MediaProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  /** All that was read of the chat, as it is when something is done. */
  readonly around: { readonly current: readonly TimelineItem[] };
};

export function MediaBody({ chat, item, around }: MediaProps) {
  const { body } = item;
  switch (body.kind) {
    case "photos":
      return <PhotoGrid item={item} body={body} around={around} />;
    case "card":
      return <PersonCard chat={chat} item={item} body={body} />;
    case "location":
      return <PlaceCard body={body} />;
    case "voice":
      return <VoiceBubble chat={chat} item={item} body={body} around={around} />;
    case "video":
      return <VideoCard item={item} body={body} />;
    case "sticker":
      return <StickerBody body={body} />;
    case "group-card":
      return <GroupCard body={body} />;
    case "file":
      return <FileCard body={body} />;
    default:
      return null; // Words, which the log itself shows.
  }
}
