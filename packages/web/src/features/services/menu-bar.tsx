/**
 * The bar of a service account: up to three buttons in the composer's place, each with up to five below it, and a way
 * to the keyboard and back.
 */
import type { ServiceButton } from "@yanshu/client";
import { ChevronUp, ExternalLink, Keyboard, MessageCircle, SquareMenu } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Field, Writing } from "../../feature.ts";
import { hostOf, isWebAddress } from "../../kit/links/found.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { takeScan } from "./scans.ts";
import "./services.css";

type Act = Omit<ServiceButton, "below">;

/**
 * A chat opens with its buttons, whatever the person turned to before; in elder mode, whose large buttons would have to
 * go, with a way to them (PA17). Until one was pressed they are offered above the field: any contact may send them
 * (PA18).
 */
export function useMenuBar({ chat, element }: Field): Writing {
  useScan(chat);
  const { buttons, isOffer } = useView("serviceMenu", chat) ?? { buttons: [], isOffer: false };
  const [turned, setTurned] = useState({ chat: "", isBar: false });
  if (buttons.length === 0) return {};
  const isTurned = turned.chat === chat;
  const isBar = isTurned ? turned.isBar : !elder.value && !isOffer;
  const toBar = () => setTurned({ chat, isBar: true });
  const toWords = () => {
    setTurned({ chat, isBar: false });
    // Once the field is there again.
    requestAnimationFrame(() => element.current?.focus());
  };
  if (isBar) return { instead: <Bar key="service" chat={chat} buttons={buttons} onWords={toWords} /> };
  const offer = isOffer && !isTurned && (
    <div key="service" class="aim-strip service-offer" data-testid="service-offer">
      <Icon of={SquareMenu} size="s" />
      <span>{t("service.offer")}</span>
      <button type="button" class="btn soft" data-testid="service-take" onClick={toBar}>
        {t("service.take")}
      </button>
    </div>
  );
  return {
    above: offer,
    before: (
      <button
        key="service"
        type="button"
        class="ib"
        aria-label={t("service.menu")}
        data-testid="service-back"
        onClick={toBar}
      >
        <Icon of={SquareMenu} />
      </button>
    ),
  };
}

/** Who opened a code of the account's, and then the chat, says so (PA43). */
function useScan(chat: string): void {
  const view = useView("conversation", chat);
  const account = view?.state === "open" ? view.peer : undefined;
  useEffect(() => {
    const key = account === undefined ? undefined : takeScan(account);
    if (key !== undefined) void attempt(() => api.pressService(chat, { words: t("service.scanned"), key }));
  }, [chat, account]);
}

type BarProps = {
  readonly chat: string;
  readonly buttons: readonly ServiceButton[];
  readonly onWords: () => void;
};

function Bar({ chat, buttons, onWords }: BarProps) {
  return (
    <nav class="service-bar" aria-label={t("service.menu")} data-testid="service-bar">
      <button type="button" class="ib" aria-label={t("compose.keyboard")} data-testid="service-words" onClick={onWords}>
        <Icon of={Keyboard} />
      </button>
      {buttons.map((button, at) => (
        <Button key={at} chat={chat} button={button} />
      ))}
    </nav>
  );
}

function Button({ chat, button }: { readonly chat: string; readonly button: ServiceButton }) {
  const ref = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { below } = button;
  const words: ComponentChildren = (
    <span class="ell" lang={languageOf(button.words, locale.value)}>
      {button.words}
    </span>
  );
  if (below === undefined)
    return (
      <button type="button" class="service-button" data-testid="service-button" onClick={() => void act(chat, button)}>
        {words}
      </button>
    );
  return (
    <>
      <button
        ref={ref}
        type="button"
        class="service-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="service-button"
        onClick={() => setOpen(true)}
      >
        <Icon of={ChevronUp} size="xs" />
        {words}
      </button>
      {isOpen && (
        <Menu label={button.words} class="service-below" anchor={ref} align="start" onClose={() => setOpen(false)}>
          {below.map((one, at) => (
            <MenuItem
              key={at}
              icon={one.url === undefined ? MessageCircle : ExternalLink}
              testId="service-item"
              onPick={() => {
                setOpen(false);
                void act(chat, one);
              }}
            >
              {one.words}
            </MenuItem>
          ))}
        </Menu>
      )}
    </>
  );
}

/** A way out is asked for, and names its host: the words of a button do not say where it leads. */
async function act(chat: string, { words, key, url }: Act): Promise<void> {
  if (url === undefined) {
    if (key !== undefined) await attempt(() => api.pressService(chat, { words, key }));
    return;
  }
  const yes = await confirm({
    title: t("linkCard.ask", { host: hostOf(url) }),
    note: t("service.outNote", { words }),
    action: t("linkCard.open"),
  });
  if (yes && isWebAddress(url)) window.open(url, "_blank", "noopener,noreferrer");
}
