/** Inputs of the public log's hashes and signatures: each has a label of its own (docs/spec/channels.md CH1). */
import { type Bytes, ByteWriter, concat, utf8 } from "../bytes.ts";

/** `yanshu LABEL v1`, a zero byte, and the fields. */
export function labelled(label: string, ...fields: readonly Bytes[]): Bytes {
  return concat(utf8(`yanshu ${label} v1\0`), ...fields);
}

export function u53(value: number): Bytes {
  return new ByteWriter(8).u53(value).finish();
}
