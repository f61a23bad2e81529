/** My stickers: their order, their names, and letting go of one. The same on all own devices. */
import type { OwnStickerView } from "@yanshu/client";
import { ArrowDown, ArrowUp, ArrowUpToLine, Ellipsis, PencilLine, Plus, Trash2 } from "lucide";
import { useRef, useState } from "preact/hooks";
import "./stickers.css";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { ask, confirm } from "../../shell/sheet.tsx";
import { nameOf, OwnPicture } from "./grids.tsx";
import { NewStickerSheet, nameMax } from "./new-sticker.tsx";
import { stillUrl } from "./pictures.ts";

export function Stickers() {
  const all = useView("stickers");
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | undefined>(undefined);
  return (
    <section class="screen" data-testid="stickers">
      <TopBar
        title={t("sticker.mine")}
        end={
          <button
            type="button"
            class="ib"
            aria-label={t("sticker.add")}
            data-testid="sticker-add"
            onClick={() => input.current?.click()}
          >
            <Icon of={Plus} />
          </button>
        }
      />
      <PictureInput input={input} testId="sticker-input" onFile={setFile} />
      <div class="scroll">
        {all?.length === 0 && <Nothing title={t("sticker.none")} note={t("sticker.hint")} />}
        {all !== undefined && all.length > 0 && (
          <ul class="group sticker-list">
            {all.map((one, place) => (
              <Row key={one.id} one={one} place={place} all={all} />
            ))}
          </ul>
        )}
      </div>
      {file !== undefined && <NewStickerSheet file={file} onClose={() => setFile(undefined)} />}
    </section>
  );
}

type RowProps = { readonly one: OwnStickerView; readonly place: number; readonly all: readonly OwnStickerView[] };

function Row({ one, place, all }: RowProps) {
  const more = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const name = nameOf(one.packed ?? { own: one.id, name: one.name });
  const after = (work: () => void) => () => {
    setOpen(false);
    work();
  };
  const moveTo = (to: number) => {
    const ids = all.map(({ id }) => id).filter((id) => id !== one.id);
    ids.splice(to, 0, one.id);
    void attempt(() => api.orderStickers(ids));
  };
  return (
    <li data-testid="own-sticker" data-id={one.id}>
      <span class="sticker-thumb">
        {one.packed === undefined ? (
          <OwnPicture id={one.id} />
        ) : (
          <img src={stillUrl(one.packed, locale.value)} alt="" />
        )}
      </span>
      <span class="grow ell" lang={languageOf(name, locale.value)}>
        {name}
      </span>
      <button
        ref={more}
        type="button"
        class="ib"
        aria-label={t("sticker.more", { name })}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="sticker-more"
        onClick={() => setOpen(true)}
      >
        <Icon of={Ellipsis} />
      </button>
      {isOpen && (
        <Menu label={name} anchor={more} onClose={() => setOpen(false)}>
          {place > 0 && (
            <MenuItem icon={ArrowUpToLine} testId="sticker-first" onPick={after(() => moveTo(0))}>
              {t("sticker.first")}
            </MenuItem>
          )}
          {place > 0 && (
            <MenuItem icon={ArrowUp} testId="sticker-up" onPick={after(() => moveTo(place - 1))}>
              {t("sticker.earlier")}
            </MenuItem>
          )}
          {place < all.length - 1 && (
            <MenuItem icon={ArrowDown} testId="sticker-down" onPick={after(() => moveTo(place + 1))}>
              {t("sticker.later")}
            </MenuItem>
          )}
          {one.packed === undefined && (
            <MenuItem icon={PencilLine} testId="sticker-rename" onPick={after(() => void rename(one))}>
              {t("sticker.rename")}
            </MenuItem>
          )}
          <MenuItem icon={Trash2} danger testId="sticker-drop" onPick={after(() => void drop(one))}>
            {t("menu.delete")}
          </MenuItem>
        </Menu>
      )}
    </li>
  );
}

async function rename({ id, name }: OwnStickerView): Promise<void> {
  const said = await ask({
    title: t("sticker.rename"),
    label: t("sticker.name"),
    value: name,
    action: t("action.save"),
    lengthMax: nameMax,
  });
  if (said !== undefined) await attempt(() => api.renameSticker(id, said));
}

async function drop({ id }: OwnStickerView): Promise<void> {
  const isSure = await confirm({
    title: t("sticker.dropTitle"),
    note: t("sticker.dropNote"),
    action: t("menu.delete"),
    danger: true,
  });
  if (isSure) await attempt(() => api.dropSticker(id));
}
