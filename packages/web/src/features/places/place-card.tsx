/**
 * A place in the log: its name over a drawing, and a tap that opens the device's own app of maps. No map is fetched,
 * and the figures of where it is are there to be copied.
 */
import type { TimelineItem } from "@yanshu/client";
import { Copy, Map as MapIcon } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { toast } from "../../shell/toast.tsx";
import "../../styles/media.css";
import "./places.css";

type PlaceBody = Extract<TimelineItem["body"], { kind: "location" }>;

export function PlaceCard({ body }: { body: PlaceBody }) {
  const name = body.name || t("place.here");
  const words = [body.name, whereOf(body)].filter((one) => one !== undefined && one !== "").join("\n");
  return (
    <div class="card-file place-card" data-testid="place">
      <a class="card-main place-main" href={mapLink(body)} data-testid="place-open">
        <Drawing hasPin={body.lat !== undefined} />
        <span class="card-name">{name}</span>
        <span class="card-foot">
          <Icon of={MapIcon} size="xs" />
          {t("place.open")}
        </span>
      </a>
      <button
        type="button"
        class="ib place-copy"
        aria-label={t("place.copy")}
        data-testid="place-copy"
        onClick={() => void navigator.clipboard.writeText(words).then(() => toast(t("msg.copied")))}
      >
        <Icon of={Copy} size="s" />
      </button>
    </div>
  );
}

function whereOf({ lat, lon }: PlaceBody): string | undefined {
  return lat === undefined || lon === undefined ? undefined : `${lat.toFixed(6)},${lon.toFixed(6)}`;
}

/** Apple's systems have a scheme of their own; the others know `geo:` (RFC 5870). */
function mapLink(body: PlaceBody): string {
  const where = whereOf(body);
  const sought = encodeURIComponent(body.name);
  if (/Mac|iPhone|iPad/.test(navigator.userAgent))
    return where === undefined ? `maps://?q=${sought}` : `maps://?ll=${where}&q=${sought || where}`;
  if (where === undefined) return `geo:0,0?q=${sought}`;
  return body.name === "" ? `geo:${where}` : `geo:${where}?q=${where}(${sought})`;
}

/** Hills, a river and two roads: no place in particular. */
function Drawing({ hasPin }: { hasPin: boolean }) {
  return (
    <svg class="place-drawing" viewBox="0 0 264 96" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect class="land" width="264" height="96" />
      <path class="wood" d="M0 70c24-22 52-26 76-10s44 18 62 6v30H0z" />
      <path class="wood" d="M196 0c6 18 22 30 42 30s26-6 26-10V0z" />
      <path class="water" d="M-4 24c40-14 66 10 104 8s56-30 92-24 52 34 80 30" />
      <path class="road" d="M40-4c6 30 30 52 66 58s92 6 110 46" />
      <path class="road" d="M-4 88c60-8 120-24 160-46s70-24 112-20" />
      <ellipse class="shade" cx="132" cy="70" rx="9" ry="3" />
      <path class={hasPin ? "pin" : "pin open"} d="M132 70c-9-13-16-20-16-30a16 16 0 1 1 32 0c0 10-7 17-16 30z" />
      <circle class="eye" cx="132" cy="40" r="5.5" />
    </svg>
  );
}
