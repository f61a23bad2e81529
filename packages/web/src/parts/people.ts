/** What one opens from the contacts and from a group: its people, their cards and codes. One file, loaded ahead (build/chunks.ts). */
export { Contact } from "../features/contacts/contact.tsx";
export { Groups } from "../features/contacts/groups.tsx";
export { MyQr } from "../features/contacts/my-qr.tsx";
export { Requests } from "../features/contacts/requests.tsx";
export { Tags } from "../features/contacts/tags.tsx";
export { AddMembers } from "../features/groups/add-members.tsx";
export { Asking } from "../features/groups/asking.tsx";
export { ChatInfo } from "../features/groups/chat-info.tsx";
export { GroupQr } from "../features/groups/group-qr.tsx";
export { Members } from "../features/groups/members.tsx";
export { NewGroup } from "../features/groups/new-group.tsx";
export { Contacts } from "../screens/contacts.tsx";
