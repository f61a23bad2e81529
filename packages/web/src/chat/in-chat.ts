/** What the core opens from a conversation and from the list of chats: panels, menus, sheets (build/chunks.ts). */
export { BigActions } from "../chats/big-actions.tsx";
export { RowActs } from "../chats/row-acts.tsx";
export { RowMenu } from "../chats/row-menu.tsx";
export { ElderActions } from "../composer/elder-actions.tsx";
export { PlusPanel } from "../composer/plus-panel.tsx";
export { MessageMenu } from "./message-menu.tsx";

// It draws lines from here on, whatever shows them.
import "../kit/smileys/picture.tsx";
