/**
 * The screens, each loaded when it is first opened (shell/lazy.ts), together with those that one opens from the same place
 * (parts/). A part of a screen that opens later, such as a menu, is made `lazily` in the file that shows it: this table
 * knows the screens, so they must not know it.
 */
import { lazily } from "../shell/lazy.ts";

export const screens = {
  chats: lazily(() => import("./chats.tsx").then((m) => m.Chats)),
  conversation: lazily(() => import("./conversation.tsx").then((m) => m.Conversation)),
  welcome: lazily(() => import("./welcome.tsx").then((m) => m.Welcome)),
  signedOut: lazily(() => import("../parts/self.ts").then((m) => m.SignedOut)),
  contacts: lazily(() => import("../parts/people.ts").then((m) => m.Contacts)),
  me: lazily(() => import("../parts/self.ts").then((m) => m.MeScreen)),
  settings: lazily(() => import("../parts/self.ts").then((m) => m.Settings)),
  search: lazily(() => import("../parts/talking.ts").then((m) => m.Search)),
  chatSearch: lazily(() => import("../parts/talking.ts").then((m) => m.ChatSearch)),
  album: lazily(() => import("../parts/talking.ts").then((m) => m.Album)),
  chatFiles: lazily(() => import("../parts/talking.ts").then((m) => m.ChatFiles)),
  share: lazily(() => import("../parts/talking.ts").then((m) => m.Shared)),
  notifications: lazily(() => import("../parts/self.ts").then((m) => m.Notifications)),
  privacy: lazily(() => import("../parts/self.ts").then((m) => m.PrivacyScreen)),
  groups: lazily(() => import("../parts/people.ts").then((m) => m.Groups)),
  tags: lazily(() => import("../parts/people.ts").then((m) => m.Tags)),
  requests: lazily(() => import("../parts/people.ts").then((m) => m.Requests)),
  contact: lazily(() => import("../parts/people.ts").then((m) => m.Contact)),
  myQr: lazily(() => import("../parts/people.ts").then((m) => m.MyQr)),
  openedLink: lazily(() => import("../parts/arriving.ts").then((m) => m.OpenedLink)),
  scan: lazily(() => import("../parts/arriving.ts").then((m) => m.Scan)),
  newGroup: lazily(() => import("../parts/people.ts").then((m) => m.NewGroup)),
  addMembers: lazily(() => import("../parts/people.ts").then((m) => m.AddMembers)),
  members: lazily(() => import("../parts/people.ts").then((m) => m.Members)),
  groupQr: lazily(() => import("../parts/people.ts").then((m) => m.GroupQr)),
  asking: lazily(() => import("../parts/people.ts").then((m) => m.Asking)),
  chatInfo: lazily(() => import("../parts/people.ts").then((m) => m.ChatInfo)),
  alarm: lazily(() => import("../features/guard/alarm.tsx").then((m) => m.AlarmScreen)),
  lock: lazily(() => import("../features/lock/lock-screen.tsx").then((m) => m.LockScreen)),
  keeping: lazily(() => import("../parts/self.ts").then((m) => m.Keeping)),
  devices: lazily(() => import("../parts/self.ts").then((m) => m.Devices)),
  linkDevice: lazily(() => import("../parts/self.ts").then((m) => m.LinkDevice)),
  wayBack: lazily(() => import("../parts/arriving.ts").then((m) => m.WayBack)),
  cameBack: lazily(() => import("../parts/arriving.ts").then((m) => m.CameBackStrip)),
  family: lazily(() => import("../parts/self.ts").then((m) => m.Family)),
  familyAsked: lazily(() => import("../parts/self.ts").then((m) => m.AskStrip)),
  favourites: lazily(() => import("../parts/self.ts").then((m) => m.Favourites)),
  stickers: lazily(() => import("../parts/self.ts").then((m) => m.Stickers)),
  profile: lazily(() => import("../parts/self.ts").then((m) => m.Profile)),
} as const;
