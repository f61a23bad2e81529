/** Faces to answer a message with: six at once, and all of them in a sheet. */
import type { TimelineItem } from "@yanshu/client";
import { Plus } from "lucide";
import type { Chosen } from "../../feature.ts";
import { EmojiPanel } from "../../kit/emoji-panel.tsx";
import { isMessage, isSettled } from "../../kit/message.ts";
import { type Closes, openSheet } from "../../kit/opened-sheet.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { lazily } from "../../shell/lazy.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { react } from "./react.ts";

const faces = ["❤️", "😂", "👍", "🥹", "🌹", "🎉"] as const;
const facesSheet = lazily(async () => FacesSheet);

type MenuFacesProps = Chosen & { readonly then: (work: () => void) => () => void };

export function MenuFaces({ chat, item, mayWrite, then }: MenuFacesProps) {
  if (!mayWrite || !isMessage(item) || !isSettled(item)) return null;
  return (
    <div class="menu-faces">
      {faces.map((emoji) => (
        <button
          key={emoji}
          type="button"
          role="menuitemcheckbox"
          aria-checked={item.reactions?.some((one) => one.mine && one.emoji === emoji) === true}
          tabIndex={-1}
          data-testid="react"
          data-emoji={emoji}
          onClick={then(() => react(chat, item, emoji))}
        >
          {emoji}
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        class="more-faces"
        aria-label={t("react.more")}
        data-testid="react-more"
        onClick={then(() => {
          openSheet(facesSheet, { chat, item });
        })}
      >
        <Icon of={Plus} size="s" />
      </button>
    </div>
  );
}

function FacesSheet({ chat, item, onClose }: { readonly chat: string; readonly item: TimelineItem } & Closes) {
  return (
    <Sheet title={t("react.more")} onClose={onClose} testId="faces">
      <EmojiPanel
        onPick={(emoji) => {
          onClose();
          react(chat, item, emoji);
        }}
      />
    </Sheet>
  );
}
