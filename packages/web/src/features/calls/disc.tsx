/** Disc: a round button with its label below. */
type DiscProps = {
  readonly kind?: "yes" | "no";
  readonly label: string;
  readonly id: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly children: preact.ComponentChildren;
  readonly ref?: preact.Ref<HTMLButtonElement>;
};

/** One of the round buttons at the foot of a call. */
export function Disc({ kind, label, id, pressed, onClick, children, ref }: DiscProps) {
  return (
    <button
      type="button"
      {...(ref === undefined ? {} : { ref })}
      class={`call-disc ${kind ?? ""}`}
      data-testid={id}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      onClick={onClick}
    >
      <i>{children}</i>
      <span>{label}</span>
    </button>
  );
}
