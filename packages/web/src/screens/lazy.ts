/**
 * Screens that load when they are first opened. All but the chats and the conversation: those are the app.
 */
import type { ComponentType, JSX } from "preact";
import { h } from "preact";
import { useEffect, useState } from "preact/hooks";

type Loader<P> = { readonly load: () => Promise<ComponentType<P>>; ready: ComponentType<P> | undefined };

function screen<P>(load: () => Promise<ComponentType<P>>): Loader<P> {
  return { load, ready: undefined };
}

export const screens = {
  welcome: screen(() => import("./welcome.tsx").then((m) => m.Welcome)),
  signedOut: screen(() => import("./signed-out.tsx").then((m) => m.SignedOut)),
  contacts: screen(() => import("./contacts.tsx").then((m) => m.Contacts)),
  me: screen(() => import("./me.tsx").then((m) => m.MeScreen)),
  settings: screen(() => import("./settings.tsx").then((m) => m.Settings)),
  requests: screen(() => import("../features/contacts/requests.tsx").then((m) => m.Requests)),
  contact: screen(() => import("../features/contacts/contact.tsx").then((m) => m.Contact)),
  myQr: screen(() => import("../features/contacts/my-qr.tsx").then((m) => m.MyQr)),
  openedLink: screen(() => import("../features/contacts/opened-link.tsx").then((m) => m.OpenedLink)),
  scan: screen(() => import("../features/scan/scan.tsx").then((m) => m.Scan)),
  newGroup: screen(() => import("../features/groups/new-group.tsx").then((m) => m.NewGroup)),
  addMembers: screen(() => import("../features/groups/add-members.tsx").then((m) => m.AddMembers)),
  chatInfo: screen(() => import("../features/groups/chat-info.tsx").then((m) => m.ChatInfo)),
  devices: screen(() => import("../features/devices/devices.tsx").then((m) => m.Devices)),
  linkDevice: screen(() => import("../features/devices/link-device.tsx").then((m) => m.LinkDevice)),
  wayBack: screen(() => import("../features/identity/way-back.tsx").then((m) => m.WayBack)),
  profile: screen(() => import("../features/identity/profile.tsx").then((m) => m.Profile)),
} as const;

/** Shows a screen once it is there; what was loaded before is there in the same frame. */
export function Lazy<P>({ of, ...rest }: { of: Loader<P> } & P): JSX.Element | null {
  const [, draw] = useState(0);
  useEffect(() => {
    if (of.ready !== undefined) return;
    void of.load().then((component) => {
      of.ready = component;
      draw((times) => times + 1);
    });
  }, [of]);
  return of.ready === undefined ? null : h(of.ready as ComponentType<unknown>, rest as never);
}

/** Loads a screen ahead of showing it. */
export async function preload(one: Loader<never>): Promise<void> {
  one.ready = await one.load();
}

/** Loads the rest while nobody waits for it, so that each tap answers in the next frame. */
export function loadAllScreens(): void {
  // Without a network what was not kept stays unloaded; opening it tries again.
  for (const one of Object.values(screens) as Loader<never>[]) void preload(one).catch(() => undefined);
}
