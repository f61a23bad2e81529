/**
 * The hidden file input of a button that asks for a picture. Its value is cleared after each choice, so that the same
 * picture can be chosen again.
 */
import type { RefObject } from "preact";

type Props = {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly testId: string;
  readonly onFile: (file: File) => void;
};

export function PictureInput({ input, testId, onFile }: Props) {
  return (
    <input
      ref={input}
      type="file"
      accept="image/*"
      hidden
      data-testid={testId}
      onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        event.currentTarget.value = "";
        if (file !== undefined) onFile(file);
      }}
    />
  );
}
