/**
 * The plus panel's entries, in their order on screen. A feature adds its own line here; what an entry does is loaded
 * when it is picked, so that the list costs nothing.
 */
import type { ConversationView } from "@yanshu/client";
import { Camera, Folder, type IconNode, IdCard, Image, MapPin } from "lucide";
import { openedSheet } from "../features/actions/acts.ts";
import { gatherEntries } from "../features/actions/plus.ts";
import type { MessageId } from "../locales/i18n.ts";

export type PlusEntry = {
  /** Also its `data-testid`: `plus-…`. */
  readonly id: string;
  readonly icon: IconNode;
  readonly label: MessageId;
  /** Absent: everywhere. */
  readonly isFor?: (kind: ConversationView["kind"]) => boolean;
  /** Called within the tap, so that a file chooser or the camera may open. */
  readonly pick: (chat: { readonly id: string }) => void;
};

export const plusEntries: readonly PlusEntry[] = [
  {
    id: "photo",
    icon: Image,
    label: "plus.photo",
    pick: (chat) => chooseFiles("image/*,video/*", (files) => void sendFiles(chat.id, files, false)),
  },
  {
    id: "camera",
    icon: Camera,
    label: "plus.camera",
    pick: (chat) => chooseFiles("image/*,video/*", (files) => void sendFiles(chat.id, files, false), "environment"),
  },
  {
    id: "file",
    icon: Folder,
    label: "plus.file",
    pick: (chat) => chooseFiles("", (files) => void sendFiles(chat.id, files, true)),
  },
  {
    id: "location",
    icon: MapPin,
    label: "plus.location",
    pick: (chat) => void import("../features/media/place-sheet.tsx").then((m) => m.askPlace(chat.id)),
  },
  {
    id: "card",
    icon: IdCard,
    label: "plus.card",
    pick: (chat) => {
      openedSheet.value = { kind: "pick-card", chat: chat.id };
    },
  },
  ...gatherEntries,
];

/** @param asFiles sends pictures as they are, too. */
export async function sendFiles(chat: string, files: readonly File[], asFiles: boolean): Promise<void> {
  const { sendPicked } = await import("../features/media/send.ts");
  await sendPicked(chat, files, asFiles);
}

/** Opens the browser's own chooser. */
function chooseFiles(accept: string, chosen: (files: readonly File[]) => void, capture?: "environment"): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = capture === undefined;
  input.accept = accept;
  if (capture !== undefined) input.capture = capture;
  input.hidden = true;
  input.dataset["testid"] = "choose-files";
  input.addEventListener("change", () => {
    chosen([...(input.files ?? [])]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  // In the page, so that browsers and tests find it.
  document.body.append(input);
  input.click();
}
