/** What a conversation and the list of chats open: panels, menus, pictures, what was found. One file, loaded ahead (build/chunks.ts). */
export { ElderActions } from "../composer/elder-actions.tsx";
export { MentionList } from "../composer/mention-list.tsx";
export { PlusPanel } from "../composer/plus-panel.tsx";
export { MessageMenu } from "../features/actions/message-menu.tsx";
export { ActionSheet } from "../features/actions/sheets.tsx";
export { BigActions } from "../features/faces/big-actions.tsx";
export { Album } from "../features/gallery/album.tsx";
export { ChatFiles } from "../features/gallery/files.tsx";
export { Notice } from "../features/guard/notice.tsx";
export { LinkCard } from "../features/links/link-card.tsx";
export { LinkStrip } from "../features/links/link-strip.tsx";
export { Shared } from "../features/links/shared.tsx";
export { ListenButton } from "../features/listen/listen-button.tsx";
export { RowActs } from "../features/lists/row-acts.tsx";
export { RowMenu } from "../features/lists/row-menu.tsx";
export { MediaBody } from "../features/media/media-body.tsx";
export { Talk } from "../features/media/talk.tsx";
export { ChatSearch } from "../features/search/chat-search.tsx";
export { Search } from "../features/search/search.tsx";

// It draws lines from here on, whatever shows them.
import "../features/smileys/picture.tsx";

export { StickerStrip } from "../features/stickers/strip.tsx";
export { Translation } from "../features/translate/translation.tsx";
