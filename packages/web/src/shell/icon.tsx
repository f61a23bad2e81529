/**
 * Icons: lucide's paths, rendered here, so that only the imported icons are shipped.
 */
import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ of, size, solid }: { of: IconNode; size?: "s" | "xs" | "l"; solid?: boolean }) {
  return (
    <svg class={`i ${size ?? ""} ${solid === true ? "solid" : ""}`} viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([tag, attributes]) => h(tag, attributes as never))}
    </svg>
  );
}
