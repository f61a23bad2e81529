/**
 * Saying where one is, or where to meet: what the place is called, and the device's own position where it gives it.
 * Either alone is a place.
 */
import { LocateFixed, MapPin, MapPinOff, X } from "lucide";
import { useEffect, useState } from "preact/hooks";
import "../../styles/media.css";
import { putUp } from "../../kit/over.tsx";
import { coordinatesIn } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import "./places.css";

export function askPlace(chat: string): void {
  putUp((done) => <PlaceSheet chat={chat} onDone={done} />);
}

const locateMsMax = 15_000;
type Where = { readonly lat: number; readonly lon: number };

function PlaceSheet({ chat, onDone }: { chat: string; onDone: () => void }) {
  const [name, setName] = useState("");
  const [where, setWhere] = useState<Where | "looking" | "unknown" | "left-out">("looking");
  const locate = () => {
    setWhere("looking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => setWhere({ lat: coords.latitude, lon: coords.longitude }),
      () => setWhere("unknown"),
      { enableHighAccuracy: true, timeout: locateMsMax },
    );
  };
  useEffect(locate, []);
  // Figures may be pasted in the place of a name.
  const written = coordinatesIn(name);
  const place =
    written !== undefined
      ? { ...written, name: "" }
      : { ...(typeof where === "object" ? where : {}), name: name.trim() };
  const isEmpty = place.name === "" && !("lat" in place);
  const send = () => {
    if (isEmpty) return;
    void attempt(() => api.sendLocation(chat, place)).then((sent) => sent !== undefined && onDone());
  };
  return (
    <FormSheet
      title={t("place.title")}
      class="gather"
      testId="place-sheet"
      action={t("compose.send")}
      actionTestId="place-send"
      isReady={!isEmpty}
      onSubmit={send}
      onClose={onDone}
    >
      <input
        class="field-box"
        aria-label={t("place.name")}
        placeholder={t("place.example")}
        maxLength={200}
        data-testid="place-name"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      {typeof where === "object" ? (
        <div class="place-here" data-testid="place-found">
          <Icon of={MapPin} />
          <span role="status">{t("place.state.found")}</span>
          <button
            type="button"
            class="ib"
            aria-label={t("place.leaveOut")}
            data-testid="place-leave-out"
            onClick={() => setWhere("left-out")}
          >
            <Icon of={X} size="s" />
          </button>
        </div>
      ) : (
        <div class="place-here off" data-testid={`place-${where}`}>
          <Icon of={where === "looking" ? LocateFixed : MapPinOff} />
          <span role="status">{where === "left-out" ? t("place.nameOnly") : t(`place.state.${where}`)}</span>
          {where !== "looking" && (
            <button type="button" class="tb" data-testid="place-locate" onClick={locate}>
              {t("place.locate")}
            </button>
          )}
        </div>
      )}
    </FormSheet>
  );
}
