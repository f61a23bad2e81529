/** Screens that are opened from a group: members, QR code, details. */
export { AddMembers } from "./add-members.tsx";
export { Asking } from "./asking.tsx";
export { ChatInfo } from "./chat-info.tsx";
export { GroupQr } from "./group-qr.tsx";
export { Groups } from "./groups.tsx";
export { Members } from "./members.tsx";
export { NewGroup } from "./new-group.tsx";
