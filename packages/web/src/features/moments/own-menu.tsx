/** The menu of an own post: pin it, make it private, or delete it. */
import type { MomentView } from "@yanshu/client";
import { Lock, Pin, PinOff, Trash2 } from "lucide";
import { useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { api, attempt, CallError } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

const pinsMax = 4;

export function OwnMenu({ post: { id, mine } }: { readonly post: MomentView }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (mine === undefined) return null;
  const then = (work: () => Promise<unknown>) => () => {
    setOpen(false);
    void attempt(work);
  };
  const remove = async () => {
    if (
      await confirm({
        title: t("moments.deleteAsk"),
        note: t("moments.deleteNote"),
        action: t("moments.delete"),
        danger: true,
      })
    )
      await api.deleteMoment(id);
  };
  const pin = async () => {
    try {
      await api.pinMoment(id, !mine.isPinned);
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== "too-long") throw error;
      toast(t("moments.pinsMost", { n: pinsMax }));
    }
  };
  const hide = async () => {
    if (await confirm({ title: t("moments.hideAsk"), note: t("moments.hideNote"), action: t("moments.hide") }))
      await api.makeMomentPrivate(id);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="mo-own"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="moment-more"
        onClick={() => setOpen(!isOpen)}
      >
        {t("moments.manage")}
      </button>
      {isOpen && (
        <Menu label={t("moments.manage")} anchor={button} onClose={() => setOpen(false)}>
          <MenuItem icon={mine.isPinned ? PinOff : Pin} testId="moment-pin" onPick={then(pin)}>
            {t(mine.isPinned ? "moments.unpin" : "moments.pin")}
          </MenuItem>
          {mine.audience.who !== "me" && (
            <MenuItem icon={Lock} testId="moment-private" onPick={then(hide)}>
              {t("moments.hide")}
            </MenuItem>
          )}
          <MenuItem icon={Trash2} danger testId="moment-delete" onPick={then(remove)}>
            {t("moments.delete")}
          </MenuItem>
        </Menu>
      )}
    </>
  );
}
