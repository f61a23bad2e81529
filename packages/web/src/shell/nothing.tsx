/**
 * Shown in place of an empty list: the goose over the hills, one line, and what to do.
 */
import type { ComponentChildren } from "preact";
import { GooseScene } from "./mark.tsx";

export function Nothing({ title, note, children }: { title: string; note?: string; children?: ComponentChildren }) {
  return (
    <div class="nothing">
      <GooseScene />
      {title !== "" && <h2 class="brush">{title}</h2>}
      {note !== undefined && <p>{note}</p>}
      {children !== undefined && <div class="nothing-acts">{children}</div>}
    </div>
  );
}
