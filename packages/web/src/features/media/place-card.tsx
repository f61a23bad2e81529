/** A place in the log: its name and where it is. No map is fetched; the device's own app opens it, if there is one. */
import type { TimelineItem } from "@yanshu/client";
import { MapPin } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { toast } from "../../shell/toast.tsx";

type PlaceBody = Extract<TimelineItem["body"], { kind: "location" }>;

export function PlaceCard({ body }: { body: PlaceBody }) {
  const where = `${body.lat.toFixed(6)}, ${body.lon.toFixed(6)}`;
  return (
    <div class="card-file" data-testid="place">
      <a class="card-main" href={`geo:${body.lat.toFixed(6)},${body.lon.toFixed(6)}`} data-testid="place-open">
        <Icon of={MapPin} />
        <span class="card-words">
          <span class="card-name">{body.name || t("place.here")}</span>
          <span class="card-note num">{where}</span>
        </span>
      </a>
      <button
        type="button"
        class="card-foot"
        data-testid="place-copy"
        onClick={() => void navigator.clipboard.writeText(where).then(() => toast(t("msg.copied")))}
      >
        {t("place.copy")}
      </button>
    </div>
  );
}
