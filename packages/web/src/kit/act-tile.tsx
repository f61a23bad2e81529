/** One of the round buttons under a message card: what to do with its code. */
import type { IconNode } from "lucide";
import { Icon } from "../shell/icon.tsx";

type ActTileProps = {
  readonly icon: IconNode;
  readonly label: string;
  readonly testId?: string;
  readonly onClick: () => void;
};

export function ActTile({ icon, label, testId, onClick }: ActTileProps) {
  return (
    <button type="button" class="act-tile" data-testid={testId} onClick={onClick}>
      <span>
        <Icon of={icon} />
      </span>
      {label}
    </button>
  );
}
