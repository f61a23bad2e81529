/** Contacts, contact requests, and opened links (docs/spec/identity.md). */
import type { ComponentType } from "preact";
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { inList } from "./in-list.tsx";
import { lines } from "./lines.ts";

declare module "../../shell/places.ts" {
  interface Places {
    requests: Alone;
    tags: Alone;
    contact: WithId;
    "my-qr": Alone;
    "opened-link": Alone;
  }
}

const part = <P>(pick: (parts: typeof import("./in-contacts.ts")) => ComponentType<P>) =>
  lazily(() => import("./in-contacts.ts").then(pick));
const openedLink = lazily(() => import("./on-arrival.ts").then((m) => m.OpenedLink));

export const contacts = webFeature({
  inList,
  lines,
  pages: [
    page(
      "/contacts/requests",
      { name: "requests" },
      "contacts",
      { name: "contacts" },
      part((m) => m.Requests),
    ),
    page(
      "/contacts/tags",
      { name: "tags" },
      "contacts",
      { name: "contacts" },
      part((m) => m.Tags),
    ),
    page(
      "/contact/:id",
      { name: "contact" },
      "contacts",
      { name: "contacts" },
      part((m) => m.Contact),
    ),
    page(
      "/my-qr",
      { name: "my-qr" },
      "me",
      { name: "me" },
      part((m) => m.MyQr),
    ),
    page("/opened", { name: "opened-link" }, "contacts", { name: "contacts" }, openedLink),
  ],
});
