/**
 * The screens, each loaded when it is first opened (shell/lazy.ts). A part of a screen that opens later, such as a
 * menu, is made `lazily` in the file that shows it: this table knows the screens, so they must not know it.
 */
import { lazily } from "../shell/lazy.ts";

export const screens = {
  chats: lazily(() => import("./chats.tsx").then((m) => m.Chats)),
  conversation: lazily(() => import("./conversation.tsx").then((m) => m.Conversation)),
  welcome: lazily(() => import("./welcome.tsx").then((m) => m.Welcome)),
  signedOut: lazily(() => import("./signed-out.tsx").then((m) => m.SignedOut)),
  contacts: lazily(() => import("./contacts.tsx").then((m) => m.Contacts)),
  me: lazily(() => import("./me.tsx").then((m) => m.MeScreen)),
  settings: lazily(() => import("./settings.tsx").then((m) => m.Settings)),
  search: lazily(() => import("../features/search/search.tsx").then((m) => m.Search)),
  chatSearch: lazily(() => import("../features/search/chat-search.tsx").then((m) => m.ChatSearch)),
  album: lazily(() => import("../features/gallery/album.tsx").then((m) => m.Album)),
  chatFiles: lazily(() => import("../features/gallery/files.tsx").then((m) => m.ChatFiles)),
  share: lazily(() => import("../features/links/shared.tsx").then((m) => m.Shared)),
  notifications: lazily(() => import("../features/notices/notifications.tsx").then((m) => m.Notifications)),
  privacy: lazily(() => import("../features/identity/privacy.tsx").then((m) => m.PrivacyScreen)),
  groups: lazily(() => import("../features/contacts/groups.tsx").then((m) => m.Groups)),
  tags: lazily(() => import("../features/contacts/tags.tsx").then((m) => m.Tags)),
  requests: lazily(() => import("../features/contacts/requests.tsx").then((m) => m.Requests)),
  contact: lazily(() => import("../features/contacts/contact.tsx").then((m) => m.Contact)),
  myQr: lazily(() => import("../features/contacts/my-qr.tsx").then((m) => m.MyQr)),
  openedLink: lazily(() => import("../features/contacts/opened-link.tsx").then((m) => m.OpenedLink)),
  scan: lazily(() => import("../features/scan/scan.tsx").then((m) => m.Scan)),
  newGroup: lazily(() => import("../features/groups/new-group.tsx").then((m) => m.NewGroup)),
  addMembers: lazily(() => import("../features/groups/add-members.tsx").then((m) => m.AddMembers)),
  members: lazily(() => import("../features/groups/members.tsx").then((m) => m.Members)),
  groupQr: lazily(() => import("../features/groups/group-qr.tsx").then((m) => m.GroupQr)),
  asking: lazily(() => import("../features/groups/asking.tsx").then((m) => m.Asking)),
  chatInfo: lazily(() => import("../features/groups/chat-info.tsx").then((m) => m.ChatInfo)),
  keeping: lazily(() => import("../features/keeping/keeping.tsx").then((m) => m.Keeping)),
  devices: lazily(() => import("../features/devices/devices.tsx").then((m) => m.Devices)),
  linkDevice: lazily(() => import("../features/devices/link-device.tsx").then((m) => m.LinkDevice)),
  wayBack: lazily(() => import("../features/identity/way-back.tsx").then((m) => m.WayBack)),
  family: lazily(() => import("../features/family/family.tsx").then((m) => m.Family)),
  familyAsked: lazily(() => import("../features/family/ask-strip.tsx").then((m) => m.AskStrip)),
  favourites: lazily(() => import("../features/actions/favourites.tsx").then((m) => m.Favourites)),
  stickers: lazily(() => import("../features/stickers/stickers.tsx").then((m) => m.Stickers)),
  profile: lazily(() => import("../features/identity/profile.tsx").then((m) => m.Profile)),
} as const;
