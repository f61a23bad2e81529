/**
 * 39 plain names: tables and columns have the names that the code and RFC 9420 have for what is in them. Nothing else
 * changes. Size: none. Going back is not safe: version 38 asks by the old names.
 *
 * Two things are named inside values: lines of chats say `recreated` (JSON), and jobs `create` and `recreate` (CBOR,
 * where a text of up to 23 bytes begins with 0x60 and its length).
 */
const renamedKinds = [
  ["found", "create"],
  ["refound", "recreate"],
] as const;

const hexOf = (text: string) =>
  Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
const cborText = (text: string) => (0x60 + text.length).toString(16) + hexOf(text);
const kindIn = (name: string) => (cborText("kind") + cborText(name)).toUpperCase();

const renamedIn = (table: string, column: string, kinds: readonly (readonly [string, string])[]) =>
  kinds
    .map(
      ([was, is]) => `
  UPDATE ${table} SET ${column} = unhex(replace(hex(${column}), '${kindIn(was)}', '${kindIn(is)}'))
    WHERE instr(hex(${column}), '${kindIn(was)}') > 0;`,
    )
    .join("");

const linesOf = (table: string, column: string, condition: string) => `
  UPDATE ${table}
    SET ${column} = CAST(replace(CAST(${column} AS TEXT), '"kind":"refounded"', '"kind":"recreated"') AS BLOB)
    WHERE ${condition} instr(CAST(${column} AS TEXT), '"kind":"refounded"') > 0;`;

export const plainNames = `
  ALTER TABLE deeds RENAME TO committed_changes;
  ALTER TABLE committed_changes RENAME COLUMN deed TO change;
  DROP INDEX deeds_by_conversation;
  CREATE INDEX committed_changes_by_conversation ON committed_changes (conversation, change);

  ALTER TABLE heal_answers RENAME TO resync_answers;
  ALTER TABLE resync_answers RENAME COLUMN refounded_ms TO recreated_ms;
  UPDATE diagnostics SET what = 'resync-' || substr(what, 6) WHERE what LIKE 'heal-%';
  UPDATE diagnostics SET what = 'not-a-member-refused' WHERE what = 'outside-refused';

  ALTER TABLE comebacks RENAME COLUMN doors TO addresses;
  ALTER TABLE joins RENAME COLUMN doors TO admitters;

  ALTER TABLE messages RENAME COLUMN voice TO sender_device;
  ALTER TABLE messages RENAME COLUMN astray TO out_of_order;
  DROP INDEX messages_astray;
  CREATE INDEX messages_out_of_order ON messages (conversation, position, vault_order) WHERE out_of_order = 1;
  ${linesOf("messages", "body", "kind = 'system' AND")}
  ${linesOf("pending_commits", "lines", "")}

  ${renamedKinds.map(([was, is]) => `UPDATE jobs SET kind = '${is}' WHERE kind = '${was}';`).join("\n  ")}
  ${renamedIn("jobs", "args", renamedKinds)}
`;

/**
 * 40: what asks for a missing message, and what answers, waits in the outbox under its new name. What people say is
 * shown, and is not looked into. Size: none. Going back is not safe: version 39 does not know the names.
 */
export const resendNames = renamedIn("outbox", "body", [
  ["ask", "resendRequest"],
  ["again", "resend"],
  ["againTo", "sealedResend"],
  ["gone", "unavailable"],
]).replaceAll(" > 0;", " > 0 AND shown = 0;");
