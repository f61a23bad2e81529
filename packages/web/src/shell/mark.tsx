/**
 * The logo: a flying goose folded from a letter; alone (`Goose`), or in a red square (`Logo`).
 */
export function Goose() {
  return (
    <svg viewBox="0 0 512 512" fill="currentColor" aria-hidden="true">
      <path d="M476 212 430 186c-18-10-38-4-49 13l-47 73c-7 11-16 18-29 22L42 368l112 14-38 42c98 12 198-22 244-100l52-88c5-9 13-13 23-14z" />
      <path d="M312 268 150 88c-4 62 8 116 36 162l-58-8 72 76z" />
      <path d="M352 232 300 92c-22 28-32 56-32 84z" />
    </svg>
  );
}

export function Logo({ size }: { size?: "s" | "l" }) {
  return (
    <span class={`stamp ${size ?? ""}`}>
      <Goose />
    </span>
  );
}

/** The goose over the hills, for an empty list or page. */
export function GooseScene() {
  return (
    <svg class="scene" viewBox="0 0 196 150" fill="none" aria-hidden="true">
      <circle cx="138" cy="46" r="30" fill="var(--seal-soft)" />
      <path
        d="M6 126c34-26 58-30 84-16s60 6 100-14"
        stroke="var(--line-strong)"
        stroke-width="2"
        stroke-linecap="round"
      />
      <path d="M26 142c40-18 90-14 144-4" stroke="var(--line)" stroke-width="2" stroke-linecap="round" />
      <g transform="translate(44 24) scale(.2)" fill="var(--ink)">
        <path d="M476 212 430 186c-18-10-38-4-49 13l-47 73c-7 11-16 18-29 22L42 368l112 14-38 42c98 12 198-22 244-100l52-88c5-9 13-13 23-14z" />
        <path d="M312 268 150 88c-4 62 8 116 36 162l-58-8 72 76z" />
        <path d="M352 232 300 92c-22 28-32 56-32 84z" />
      </g>
      <g stroke="var(--ink-3)" stroke-width="2" stroke-linecap="round">
        <path d="M22 52l7 5 8-4M44 30l6 4 7-3" />
      </g>
    </svg>
  );
}
