/** A progress ring (`share`: 0 to 1) with an icon for what a tap does. */
import type { IconNode } from "lucide";
import { Icon } from "../shell/icon.tsx";

const radius = 16;
const around = 2 * Math.PI * radius;

export function Ring({ share, icon }: { share: number; icon: IconNode }) {
  return (
    <span class="ring" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
      <svg viewBox="0 0 40 40" aria-hidden="true">
        <circle cx="20" cy="20" r={radius} />
        <circle
          class="ring-done"
          cx="20"
          cy="20"
          r={radius}
          stroke-dasharray={`${around}`}
          stroke-dashoffset={`${around * (1 - Math.min(1, Math.max(0, share)))}`}
        />
      </svg>
      <Icon of={icon} size="s" />
    </span>
  );
}
