/** The seal of an account: the first character of its name, in its colour. Round, since it is public. */
import type { AccountRef } from "@yanshu/client";

const pigments = 7;

export function AccountFace({
  of: { id, name },
  size = "sm",
}: {
  readonly of: AccountRef;
  readonly size?: "sm" | "xl";
}) {
  const pigment = (Number.parseInt(id.slice(0, 4), 16) % pigments) + 1;
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  return (
    <span class={`av ch acc-face p${pigment} ${size}`} aria-hidden="true">
      {first?.segment ?? "雁"}
    </span>
  );
}
