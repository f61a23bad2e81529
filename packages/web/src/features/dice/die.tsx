/**
 * A die in the log: it tumbles where it was just rolled, and comes to rest on the points that its message says. Who has
 * asked their system for less motion sees it at rest.
 */
import { useState } from "preact/hooks";
import type { BubbleProps } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import "./dice.css";

/** One that came so long ago has come to rest. */
const freshMs = 10_000;
const sides = [1, 2, 3, 4, 5, 6] as const;
/** What tumbled once in this tab: coming back to the chat rolls nothing again. */
const rolled = new Set<string>();

export function Die({ item, body: { points } }: BubbleProps<"die">) {
  const [isRolling] = useState(() => {
    const isFirst = !rolled.has(item.id) && Date.now() - item.atMs < freshMs;
    rolled.add(item.id);
    return isFirst;
  });
  return (
    <span
      class={`die-box ${isRolling ? "rolling" : ""}`}
      role="img"
      aria-label={t("dice.points", { points })}
      data-testid="die"
      data-points={points}
    >
      <span class="die-shadow" />
      <span class={`die-cube shows-${points}`}>
        {sides.map((side) => (
          <span key={side} class={`die-side side-${side}`}>
            {Array.from({ length: side }, (_, pip) => (
              <span key={pip} class="pip" />
            ))}
          </span>
        ))}
      </span>
    </span>
  );
}
