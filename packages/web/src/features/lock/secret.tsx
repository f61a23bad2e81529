/** What is typed to open the lock: figures on a pad, or words. */
import type { LockRecord } from "../../shared/lock-record.ts";
import { Pad } from "./pad.tsx";
import { WordsField } from "./words-field.tsx";

type SecretProps = {
  readonly asks: LockRecord["asks"];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onDone: () => void;
  readonly isBusy: boolean;
  /** Of the field for words. */
  readonly testId?: string;
};

export function Secret({ asks, testId = "lock-words", ...field }: SecretProps) {
  return asks === "digits" ? <Pad {...field} /> : <WordsField {...field} testId={testId} />;
}
