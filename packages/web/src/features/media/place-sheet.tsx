/** Saying where one is, or where to meet: the device's own position, or coordinates that one writes, and a name. */
import { LocateFixed } from "lucide";
import { useEffect, useState } from "preact/hooks";
import "../../styles/media.css";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { putUp } from "./over.tsx";
import { coordinatesIn } from "./words.ts";

export function askPlace(chat: string): void {
  putUp((done) => <PlaceSheet chat={chat} onDone={done} />);
}

const locateMsMax = 15_000;

function PlaceSheet({ chat, onDone }: { chat: string; onDone: () => void }) {
  const [where, setWhere] = useState("");
  const [name, setName] = useState("");
  const [state, setState] = useState<"looking" | "found" | "unknown">("looking");
  const place = coordinatesIn(where);
  const locate = () => {
    setState("looking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setState("found");
        setWhere(`${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`);
      },
      () => setState("unknown"),
      { enableHighAccuracy: true, timeout: locateMsMax },
    );
  };
  useEffect(locate, []);
  return (
    <Sheet title={t("place.title")} onClose={onDone} testId="place-sheet">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (place === undefined) return;
          void attempt(() => api.sendLocation(chat, { ...place, name })).then((sent) => sent !== undefined && onDone());
        }}
      >
        <h2 class="sheet-title">{t("place.title")}</h2>
        <p class="sheet-note" role="status">
          {t(`place.state.${state}`)}
        </p>
        <input
          class="line-field"
          aria-label={t("place.name")}
          placeholder={t("place.name")}
          maxLength={200}
          data-testid="place-name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <input
          class="line-field"
          aria-label={t("place.where")}
          placeholder={t("place.where")}
          value={where}
          data-testid="place-where"
          onInput={(event) => setWhere(event.currentTarget.value)}
        />
        <div class="sheet-acts">
          <button type="submit" class="btn fill" disabled={place === undefined} data-testid="place-send">
            {t("compose.send")}
          </button>
          <button type="button" class="btn plain" data-testid="place-locate" onClick={locate}>
            <Icon of={LocateFixed} size="s" />
            {t("place.locate")}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
