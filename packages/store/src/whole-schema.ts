/** The last version of the schema, as `npm run schema` writes it (docs/spec/store.md ST48). */
export const wholeSchema = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
  account BLOB PRIMARY KEY,
  inception BLOB NOT NULL,
  frozen_at INTEGER,
  verified BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE account_entries (
  account BLOB NOT NULL,
  n INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  current INTEGER NOT NULL,
  PRIMARY KEY (account, n, bytes)
) STRICT, WITHOUT ROWID;
CREATE TABLE people (
  account BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  avatar BLOB,
  own_word INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL,
  pat TEXT NOT NULL DEFAULT '',
  passing BLOB,
  passing_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE contacts (
  account BLOB PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('contact', 'requested', 'incoming', 'blocked', 'deleted')),
  remark TEXT NOT NULL DEFAULT '',
  trust TEXT NOT NULL DEFAULT 'none' CHECK (trust IN ('scanned', 'introduced', 'none')),
  stamp_ms INTEGER NOT NULL,
  phone TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  is_starred INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]',
  source TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE conversations (
  conversation BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  peer BLOB,
  state TEXT NOT NULL CHECK (state IN ('forming', 'open', 'request-in', 'request-out', 'removed', 'left', 'blocked', 'declined', 'newer-version')),
  frozen TEXT,
  group_id BLOB,
  founding INTEGER NOT NULL DEFAULT 0,
  title TEXT NOT NULL DEFAULT '',
  avatar BLOB,
  admins_add INTEGER NOT NULL DEFAULT 0,
  admins_edit INTEGER NOT NULL DEFAULT 0,
  own_seq INTEGER NOT NULL DEFAULT 0,
  told_profile INTEGER NOT NULL DEFAULT 0,
  read_order INTEGER NOT NULL DEFAULT 0,
  draft TEXT NOT NULL DEFAULT '',
  active_ms INTEGER NOT NULL DEFAULT 0,
  announcement TEXT NOT NULL DEFAULT '',
  draft_ms INTEGER NOT NULL DEFAULT 0,
  approval INTEGER NOT NULL DEFAULT 0,
  link BLOB,
  dissolved INTEGER NOT NULL DEFAULT 0,
  history TEXT NOT NULL DEFAULT 'none',
  imported TEXT,
  asked INTEGER NOT NULL DEFAULT 0,
  resynced INTEGER NOT NULL DEFAULT 0,
  founding_held INTEGER NOT NULL DEFAULT 0,
  founding_without INTEGER NOT NULL DEFAULT 0,
  founding_without_by BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE groups (
  group_id BLOB PRIMARY KEY,
  conversation BLOB NOT NULL,
  founding INTEGER NOT NULL,
  gate BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  base BLOB NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'superseded', 'lost')),
  address BLOB NOT NULL,
  fresh INTEGER NOT NULL,
  confirmed INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX groups_by_gate ON groups (gate);
CREATE INDEX groups_by_conversation ON groups (conversation);
CREATE TABLE members (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  place INTEGER NOT NULL,
  PRIMARY KEY (conversation, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE ratchets (
  group_id BLOB NOT NULL,
  leaf INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (group_id, leaf)
) STRICT;
CREATE TABLE tags (
  tag BLOB PRIMARY KEY,
  group_id BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pending_commits (
  group_id BLOB PRIMARY KEY,
  conversation BLOB NOT NULL,
  creates INTEGER NOT NULL,
  header BLOB NOT NULL,
  parts BLOB NOT NULL,
  post_hash BLOB NOT NULL,
  envelope_hash BLOB NOT NULL,
  next_base BLOB NOT NULL,
  next_ratchets BLOB NOT NULL,
  address BLOB NOT NULL,
  jobs BLOB NOT NULL,
  lines BLOB NOT NULL,
  posted INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE jobs (
  job INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  kind TEXT NOT NULL,
  args BLOB NOT NULL,
  due_ms INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  put_off_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_by_conversation ON jobs (conversation, job);
CREATE TABLE key_packages (
  address BLOB PRIMARY KEY,
  bytes BLOB NOT NULL,
  secret BLOB NOT NULL,
  ref BLOB NOT NULL,
  expires_ms INTEGER NOT NULL,
  last_resort INTEGER NOT NULL,
  published INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE addresses (
  address BLOB PRIMARY KEY,
  seal_private BLOB NOT NULL,
  conversation BLOB,
  claim_cap BLOB NOT NULL,
  registered INTEGER NOT NULL DEFAULT 0,
  retire_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE welcome_notes (
  tag BLOB PRIMARY KEY,
  key BLOB NOT NULL,
  address BLOB NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE waiting (
  waiting INTEGER PRIMARY KEY AUTOINCREMENT,
  tag BLOB NOT NULL,
  gate BLOB,
  epoch INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_by_tag ON waiting (tag);
CREATE TABLE messages (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  author BLOB NOT NULL,
  id BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'waiting-tap')),
  sent_ms INTEGER NOT NULL DEFAULT 0,
  edited_ms INTEGER NOT NULL DEFAULT 0,
  mention INTEGER NOT NULL DEFAULT 0,
  vault INTEGER NOT NULL DEFAULT 0,
  vault_order BLOB,
  out_of_order INTEGER NOT NULL DEFAULT 0,
  handed_by BLOB,
  sender_device INTEGER,
  seq INTEGER,
  UNIQUE (conversation, author, id)
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation, position, kind, author);
CREATE TABLE outbox (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  id BLOB NOT NULL UNIQUE,
  body BLOB NOT NULL,
  shown INTEGER NOT NULL,
  roster BLOB,
  created_ms INTEGER NOT NULL,
  seq INTEGER,
  group_id BLOB,
  epoch INTEGER,
  parts BLOB,
  envelope_hash BLOB,
  held TEXT,
  goes_last INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_by_conversation ON outbox (conversation, place);
CREATE TABLE sent (
  conversation BLOB NOT NULL,
  seq INTEGER NOT NULL,
  message BLOB NOT NULL,
  roster BLOB NOT NULL,
  id BLOB,
  kept_ms INTEGER NOT NULL DEFAULT 0,
  aside INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, seq)
) STRICT;
CREATE TABLE heard (
  conversation BLOB NOT NULL,
  device BLOB NOT NULL,
  account BLOB NOT NULL,
  highest INTEGER NOT NULL,
  heard_order INTEGER NOT NULL,
  behind_seq INTEGER,
  behind_ms INTEGER,
  PRIMARY KEY (conversation, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE gaps (
  conversation BLOB NOT NULL,
  device BLOB NOT NULL,
  seq INTEGER NOT NULL,
  account BLOB NOT NULL,
  noticed_ms INTEGER NOT NULL,
  asked INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, device, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE diagnostics (
  what TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_mention ON messages (conversation, position) WHERE mention > 0;
CREATE INDEX sent_by_id ON sent (conversation, id);
CREATE TABLE edits (
  conversation BLOB NOT NULL,
  author BLOB NOT NULL,
  id BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL,
  body BLOB NOT NULL,
  said BLOB,
  PRIMARY KEY (conversation, author, id, stamp_ms)
) STRICT;
CREATE TABLE marks (
  conversation BLOB NOT NULL,
  author BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  by BLOB NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, author, id, kind, by, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX pins ON marks (conversation, stamp_ms) WHERE kind = 'pin';
CREATE TABLE quotes (
  conversation BLOB NOT NULL,
  quoted_author BLOB NOT NULL,
  quoted_id BLOB NOT NULL,
  author BLOB NOT NULL,
  id BLOB NOT NULL,
  PRIMARY KEY (conversation, quoted_author, quoted_id, author, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE favourites (
  id BLOB PRIMARY KEY,
  is_on INTEGER NOT NULL,
  name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  body BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recalled_words (
  conversation BLOB NOT NULL,
  id BLOB NOT NULL,
  words TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE message_words USING fts5(words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
CREATE TABLE unindexed (
  position INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE unforgotten (
  one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;
CREATE TRIGGER messages_said AFTER INSERT ON messages BEGIN
  INSERT INTO unindexed (position) VALUES (new.position);
END;
CREATE TRIGGER messages_rewritten AFTER UPDATE OF kind, body ON messages BEGIN
  DELETE FROM message_words WHERE rowid = old.position;
  INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
  INSERT INTO unindexed (position) VALUES (new.position) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
  DELETE FROM message_words WHERE rowid = old.position;
  INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
  DELETE FROM unindexed WHERE position = old.position;
END;
CREATE TABLE blobs (
  handle BLOB PRIMARY KEY,
  server TEXT NOT NULL,
  id BLOB NOT NULL,
  key BLOB NOT NULL,
  layers BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  expires_day INTEGER NOT NULL,
  have BLOB NOT NULL,
  uses INTEGER NOT NULL,
  wish TEXT NOT NULL CHECK (wish IN ('none', 'fetch', 'send', 'paused')),
  fault TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_by_wish ON blobs (wish) WHERE wish IN ('fetch', 'send');
CREATE TABLE own_blobs (
  id BLOB PRIMARY KEY,
  owner BLOB NOT NULL,
  written INTEGER NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE uploads (
  id BLOB PRIMARY KEY,
  conversation BLOB NOT NULL,
  body BLOB NOT NULL,
  roster BLOB,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE upload_tokens (
  input BLOB PRIMARY KEY,
  output BLOB NOT NULL,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE heard_voice (
  conversation BLOB NOT NULL,
  id BLOB NOT NULL,
  PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE waking (
  address BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_unsent ON messages (conversation) WHERE state = 'failed';
CREATE TABLE "resync_answers" (
  conversation BLOB NOT NULL,
  device BLOB NOT NULL,
  asked_ms INTEGER NOT NULL,
  recreated_ms INTEGER NOT NULL,
  heard_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE renewals (
  group_id BLOB PRIMARY KEY,
  due_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE path_commits (
  group_id BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  device BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (group_id, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE own_stickers (
  id BLOB PRIMARY KEY,
  is_on INTEGER NOT NULL,
  place INTEGER NOT NULL,
  body BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE nicknames (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  name TEXT NOT NULL,
  own_word INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE joins (
  secret BLOB PRIMARY KEY,
  link TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asking', 'waiting', 'refused', 'expired', 'used-up', 'reset', 'in')),
  address BLOB NOT NULL,
  asked_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  conversation BLOB,
  admitters BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE join_requests (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  name TEXT NOT NULL,
  packages BLOB NOT NULL,
  asked_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE join_askings (
  conversation BLOB NOT NULL,
  device BLOB NOT NULL,
  asked_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE link_tokens (
  token BLOB PRIMARY KEY,
  conversation BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "chat_marks" (
  conversation BLOB NOT NULL,
  mark TEXT NOT NULL CHECK (mark IN ('pinned', 'muted', 'unread', 'hidden', 'alone', 'own-names')),
  is_on INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, mark)
) STRICT, WITHOUT ROWID;
CREATE TABLE ended_links (
  secret BLOB PRIMARY KEY,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_vault_order ON messages (conversation, vault_order) WHERE vault_order IS NOT NULL AND out_of_order = 0;
CREATE INDEX messages_in_vault ON messages (conversation, position, vault_order) WHERE vault_order IS NOT NULL AND out_of_order = 0;
CREATE TABLE vault_keys (
  id BLOB PRIMARY KEY,
  epoch INTEGER NOT NULL,
  key BLOB NOT NULL,
  told_by BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE unvaulted (
  position INTEGER PRIMARY KEY,
  turn INTEGER NOT NULL
) STRICT;
CREATE TABLE vault_places (
  position INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (position, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE vault_unread (
  below INTEGER PRIMARY KEY,
  start INTEGER NOT NULL,
  locked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE vault_rewrites (
  at INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE vault_clears (
  conversation BLOB PRIMARY KEY,
  up_to_ms INTEGER NOT NULL,
  told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE vault_groups (
  conversation BLOB PRIMARY KEY,
  at INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER vault_said AFTER INSERT ON messages WHEN new.state = 'sent' AND new.kind NOT IN ('system', 'leave', 'newer') BEGIN
  INSERT INTO unvaulted (position, turn) VALUES (new.position, 0) ON CONFLICT (position) DO UPDATE SET turn = turn + 1;
END;
CREATE TRIGGER vault_changed AFTER UPDATE OF kind, body, state, edited_ms ON messages WHEN new.state = 'sent' AND new.kind NOT IN ('system', 'leave', 'newer') BEGIN
  INSERT INTO unvaulted (position, turn) VALUES (new.position, 0) ON CONFLICT (position) DO UPDATE SET turn = turn + 1;
END;
CREATE TRIGGER vault_erased AFTER UPDATE OF kind, body ON messages WHEN new.kind <> old.kind OR (new.body <> old.body AND new.edited_ms = old.edited_ms) BEGIN
  INSERT INTO vault_rewrites (at) SELECT at FROM vault_places WHERE position = old.position ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER vault_gone AFTER DELETE ON messages BEGIN
  DELETE FROM unvaulted WHERE position = old.position;
  INSERT INTO vault_rewrites (at) SELECT at FROM vault_places WHERE position = old.position ON CONFLICT DO NOTHING;
  DELETE FROM vault_places WHERE position = old.position;
END;
CREATE TRIGGER vault_marked AFTER INSERT ON marks BEGIN
  INSERT INTO unvaulted (position, turn) SELECT position, 0 FROM messages WHERE conversation = new.conversation AND author = new.author AND id = new.id AND state = 'sent' AND kind NOT IN ('system', 'leave', 'newer') ON CONFLICT (position) DO UPDATE SET turn = turn + 1;
END;
CREATE TRIGGER vault_remarked AFTER UPDATE ON marks BEGIN
  INSERT INTO unvaulted (position, turn) SELECT position, 0 FROM messages WHERE conversation = new.conversation AND author = new.author AND id = new.id AND state = 'sent' AND kind NOT IN ('system', 'leave', 'newer') ON CONFLICT (position) DO UPDATE SET turn = turn + 1;
END;
CREATE TRIGGER vault_ended AFTER UPDATE OF state ON conversations WHEN new.state IN ('left', 'removed') AND new.state <> old.state BEGIN
  INSERT INTO unvaulted (position, turn) SELECT position, 0 FROM messages WHERE conversation = new.conversation AND state = 'sent' AND kind NOT IN ('system', 'leave', 'newer') ORDER BY position DESC LIMIT 1 ON CONFLICT (position) DO UPDATE SET turn = turn + 1;
END;
CREATE TABLE comebacks (
  conversation BLOB PRIMARY KEY,
  founding INTEGER NOT NULL,
  addresses BLOB NOT NULL,
  leaf BLOB NOT NULL,
  address BLOB,
  since_ms INTEGER NOT NULL,
  asked_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rights (
  account BLOB NOT NULL,
  capability BLOB NOT NULL,
  PRIMARY KEY (account, capability)
) STRICT, WITHOUT ROWID;
CREATE TABLE strayed (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  left_by BLOB,
  founding INTEGER,
  since_ms INTEGER,
  PRIMARY KEY (conversation, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE handovers (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  below INTEGER NOT NULL,
  place INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE handover_parts (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  place INTEGER NOT NULL,
  pointer BLOB NOT NULL,
  expires_day INTEGER NOT NULL,
  PRIMARY KEY (conversation, account, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE arrivals (
  conversation BLOB PRIMARY KEY,
  inviter BLOB NOT NULL,
  present BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  ceiling INTEGER NOT NULL,
  anchor INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE handed_parts (
  conversation BLOB NOT NULL,
  by BLOB NOT NULL,
  place INTEGER NOT NULL,
  address BLOB NOT NULL,
  sealed BLOB NOT NULL,
  pointer BLOB,
  done INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, by, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE heard_before (
  conversation BLOB NOT NULL,
  device BLOB NOT NULL,
  account BLOB NOT NULL,
  highest INTEGER,
  first INTEGER,
  PRIMARY KEY (conversation, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE pieces (
  account BLOB PRIMARY KEY,
  stamp_ms INTEGER NOT NULL,
  check_of BLOB NOT NULL,
  piece BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_unplaced ON messages (conversation, author, sender_device, position) WHERE vault_order IS NULL AND seq IS NOT NULL;
CREATE TABLE "committed_changes" (
  change INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  group_id BLOB NOT NULL,
  founding INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  done_ms INTEGER NOT NULL,
  args BLOB NOT NULL
) STRICT;
CREATE TABLE vault_begins (
  epoch INTEGER PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE told_chats (
  conversation BLOB PRIMARY KEY,
  active_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE too_new (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation BLOB NOT NULL,
  author BLOB NOT NULL,
  device BLOB NOT NULL,
  id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  sent_ms INTEGER NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (conversation, author, id)
) STRICT;
CREATE INDEX too_new_by_author ON too_new (conversation, author, place);
CREATE INDEX too_new_by_position ON too_new (position);
CREATE TRIGGER too_new_erased AFTER UPDATE OF kind ON messages WHEN new.kind IN ('recalled', 'deleted') BEGIN
  DELETE FROM too_new WHERE conversation = new.conversation AND author = new.author AND id = new.id;
END;
CREATE TRIGGER too_new_recalled AFTER INSERT ON messages WHEN new.kind IN ('recalled', 'deleted') BEGIN
  DELETE FROM too_new WHERE conversation = new.conversation AND author = new.author AND id = new.id;
END;
CREATE TRIGGER too_new_gone AFTER DELETE ON messages BEGIN
  DELETE FROM too_new WHERE conversation = old.conversation AND author = old.author AND id = old.id;
END;
CREATE TABLE unknown_items (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  item BLOB NOT NULL UNIQUE,
  by BLOB NOT NULL
) STRICT;
CREATE TABLE vault_newer (
  at INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
) STRICT;
CREATE TABLE newer_welcomes (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  tag BLOB NOT NULL UNIQUE,
  key BLOB NOT NULL,
  address BLOB NOT NULL,
  envelope BLOB NOT NULL,
  inviter BLOB NOT NULL,
  circle INTEGER NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX newer_welcomes_by_inviter ON newer_welcomes (circle, inviter, place);
CREATE INDEX messages_calls ON messages (conversation, position) WHERE kind = 'call';
CREATE INDEX messages_lives ON messages (conversation, position) WHERE kind = 'live';
CREATE TABLE moment_self (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  root BLOB NOT NULL,
  generation INTEGER NOT NULL,
  devices BLOB NOT NULL DEFAULT x'',
  root_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE moment_settings (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  is_on INTEGER NOT NULL,
  days INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  fed_ms INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE moment_own_logs (
  key BLOB PRIMARY KEY,
  root BLOB NOT NULL,
  generation INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  place INTEGER NOT NULL,
  told BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_friends (
  account BLOB PRIMARY KEY,
  told INTEGER NOT NULL DEFAULT 0,
  theirs INTEGER NOT NULL DEFAULT 0,
  renewed_ms INTEGER NOT NULL DEFAULT 0,
  answered_ms INTEGER NOT NULL DEFAULT 0,
  gap_ms INTEGER NOT NULL DEFAULT 0,
  asked_ms INTEGER NOT NULL DEFAULT 0,
  ask_ms INTEGER NOT NULL DEFAULT 0,
  chats_only INTEGER NOT NULL DEFAULT 0,
  hides_mine INTEGER NOT NULL DEFAULT 0,
  hides_theirs INTEGER NOT NULL DEFAULT 0,
  stamp_ms INTEGER NOT NULL DEFAULT 0,
  told_said BLOB NOT NULL DEFAULT x'',
  told_in BLOB NOT NULL DEFAULT x'',
  owed INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_ways (
  way BLOB NOT NULL,
  account BLOB NOT NULL,
  generation INTEGER NOT NULL,
  next INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  came_ms INTEGER NOT NULL DEFAULT 0,
  said INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, way)
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_logs (
  key BLOB NOT NULL,
  account BLOB NOT NULL,
  heads BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_gaps (
  account BLOB NOT NULL,
  log BLOB NOT NULL,
  place INTEGER NOT NULL,
  name BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  asked_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, log, place, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE moments (
  id BLOB PRIMARY KEY,
  author BLOB NOT NULL,
  secret BLOB NOT NULL,
  name BLOB NOT NULL,
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  day INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  signed BLOB NOT NULL,
  mention INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'here', 'sending', 'failed', 'gone')),
  audience BLOB,
  told BLOB,
  got_ms INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  again_ms INTEGER NOT NULL DEFAULT 0,
  kept_day INTEGER NOT NULL DEFAULT 0,
  matched INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX moments_by_time ON moments (kind, at_ms DESC, id DESC) WHERE state <> 'gone';
CREATE INDEX moments_by_day ON moments (day & 255) WHERE state <> 'gone';
CREATE INDEX moments_of ON moments (author, kind, at_ms DESC) WHERE state <> 'gone';
CREATE TABLE moment_words (
  id BLOB PRIMARY KEY,
  post BLOB NOT NULL,
  author BLOB NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('like', 'comment')),
  about BLOB NOT NULL,
  reply BLOB NOT NULL,
  text TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  log BLOB NOT NULL,
  header BLOB NOT NULL,
  name BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('here', 'sending', 'gone')),
  got_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX moment_words_on ON moment_words (post, at_ms);
CREATE INDEX moment_words_news ON moment_words (at_ms DESC);
CREATE INDEX moment_words_by ON moment_words (author, got_ms);
CREATE TABLE moment_taken_back (
  post BLOB NOT NULL,
  about BLOB NOT NULL,
  author BLOB NOT NULL,
  got_ms INTEGER NOT NULL,
  PRIMARY KEY (post, about, author)
) STRICT, WITHOUT ROWID;
CREATE INDEX moment_taken_back_by ON moment_taken_back (author, got_ms);
CREATE TABLE moment_closed (
  name BLOB NOT NULL,
  author BLOB NOT NULL,
  log BLOB NOT NULL,
  header BLOB NOT NULL,
  hint BLOB NOT NULL,
  day INTEGER NOT NULL,
  got_ms INTEGER NOT NULL,
  secret BLOB NOT NULL DEFAULT x'',
  tries INTEGER NOT NULL DEFAULT 0,
  again_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (author, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_puts (
  put INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  args BLOB NOT NULL,
  holes BLOB,
  about BLOB NOT NULL
) STRICT;
CREATE TABLE moment_holes (
  secret BLOB PRIMARY KEY,
  post BLOB NOT NULL,
  account BLOB,
  place INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX moment_holes_of ON moment_holes (post);
CREATE TABLE moment_clears (
  secret BLOB PRIMARY KEY,
  due_ms INTEGER NOT NULL,
  is_own INTEGER NOT NULL,
  server TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_checks (
  secret BLOB PRIMARY KEY,
  value BLOB NOT NULL,
  due_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_lives ON marks (conversation, stamp_ms) WHERE kind = 'liveOn';
CREATE TABLE let_go_blobs (
  id BLOB PRIMARY KEY,
  owner BLOB NOT NULL,
  server TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX committed_changes_by_conversation ON committed_changes (conversation, change);
CREATE INDEX messages_out_of_order ON messages (conversation, position, vault_order) WHERE out_of_order = 1;
CREATE TABLE channel_packs (
  n INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  day INTEGER NOT NULL
) STRICT;
CREATE TABLE channel_packs_before (
  n INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
) STRICT;
CREATE TABLE channels (
  id BLOB PRIMARY KEY,
  authors BLOB NOT NULL,
  seq INTEGER NOT NULL,
  head BLOB NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  about TEXT NOT NULL DEFAULT '',
  picture BLOB NOT NULL DEFAULT x'',
  pins BLOB NOT NULL DEFAULT x'',
  profile_seq INTEGER NOT NULL DEFAULT -1,
  pins_seq INTEGER NOT NULL DEFAULT -1,
  mirrors TEXT NOT NULL DEFAULT '',
  domain TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_entries (
  hash BLOB PRIMARY KEY,
  channel BLOB NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  pack INTEGER NOT NULL,
  day INTEGER NOT NULL,
  about BLOB NOT NULL,
  words TEXT NOT NULL,
  shown BLOB NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('here', 'gone', 'deleted', 'removed', 'unknown')),
  got_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_entries_of ON channel_entries (channel, kind, pack DESC);
CREATE INDEX channel_entries_by_pack ON channel_entries (kind, pack DESC) WHERE state = 'here';
CREATE INDEX channel_entries_about ON channel_entries (about, pack) WHERE about <> x'';
CREATE TABLE channel_tags (
  tag TEXT NOT NULL,
  entry BLOB NOT NULL,
  PRIMARY KEY (tag, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_tags_of ON channel_tags (entry);
CREATE TABLE channel_counts (
  entry BLOB NOT NULL,
  pack INTEGER NOT NULL,
  likes INTEGER NOT NULL,
  views INTEGER NOT NULL,
  PRIMARY KEY (entry, pack)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_decisions (
  pack INTEGER NOT NULL,
  place INTEGER NOT NULL,
  target BLOB NOT NULL,
  action TEXT NOT NULL,
  reason TEXT NOT NULL,
  appeal TEXT NOT NULL,
  PRIMARY KEY (pack, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_decisions_on ON channel_decisions (target, pack DESC);
CREATE TABLE channel_withdrawn (
  target BLOB NOT NULL,
  channel BLOB NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('delete', 'hide')),
  is_on INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  pack INTEGER NOT NULL,
  PRIMARY KEY (target, channel, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_found (
  what TEXT NOT NULL,
  pack INTEGER NOT NULL,
  channel BLOB NOT NULL,
  seq INTEGER NOT NULL,
  account BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (what, pack, channel, seq, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_heads (
  account BLOB PRIMARY KEY,
  n INTEGER NOT NULL,
  hash BLOB NOT NULL,
  ahead INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_own (
  id BLOB PRIMARY KEY,
  seed BLOB NOT NULL,
  inception BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL DEFAULT -1,
  head BLOB NOT NULL DEFAULT x''
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_puts (
  put INTEGER PRIMARY KEY AUTOINCREMENT,
  channel BLOB NOT NULL,
  kind TEXT NOT NULL,
  body BLOB NOT NULL,
  films BLOB NOT NULL,
  about BLOB NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'paused', 'failed', 'said')),
  fault TEXT NOT NULL DEFAULT '',
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  entry BLOB NOT NULL DEFAULT x'',
  bytes BLOB NOT NULL DEFAULT x'',
  seq INTEGER NOT NULL DEFAULT -1,
  pack INTEGER NOT NULL DEFAULT -1,
  made_ms INTEGER NOT NULL,
  is_on INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE channel_follows (
  channel BLOB PRIMARY KEY,
  is_on INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_likes (
  entry BLOB PRIMARY KEY,
  is_on INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_friend_likes (
  entry BLOB NOT NULL,
  account BLOB NOT NULL,
  is_on INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL,
  PRIMARY KEY (account, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_friend_likes_on ON channel_friend_likes (entry);
CREATE TABLE channel_due (
  what TEXT NOT NULL CHECK (what IN ('like', 'view', 'tell')),
  entry BLOB NOT NULL,
  is_on INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  PRIMARY KEY (what, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_marks (
  month INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  input BLOB NOT NULL,
  output BLOB NOT NULL,
  PRIMARY KEY (month, bucket)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_taste (
  entry BLOB PRIMARY KEY,
  value REAL NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_topics (
  tag TEXT PRIMARY KEY,
  level INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_values (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_saves (
  entry BLOB PRIMARY KEY,
  is_on INTEGER NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_wards (
  account BLOB PRIMARY KEY,
  asks INTEGER NOT NULL,
  limits BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER messages_moved AFTER UPDATE OF position ON messages BEGIN
  UPDATE unvaulted SET position = new.position WHERE position = old.position;
  UPDATE vault_places SET position = new.position WHERE position = old.position;
  UPDATE too_new SET position = new.position WHERE position = old.position;
  DELETE FROM message_words WHERE rowid = old.position;
  INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
  DELETE FROM unindexed WHERE position = old.position;
  INSERT INTO unindexed (position) VALUES (new.position);
END;
CREATE TABLE programs (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  package BLOB NOT NULL,
  is_starred INTEGER NOT NULL DEFAULT 0,
  used_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE program_values (
  program BLOB NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (program, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX moments_calls ON moments (got_ms DESC) WHERE mention = 1 AND state <> 'gone';
CREATE INDEX moments_new ON moments (got_ms) WHERE kind = 'post' AND state = 'here';
CREATE TABLE program_updates (
  conversation BLOB NOT NULL,
  author BLOB NOT NULL,
  id BLOB NOT NULL,
  card_author BLOB NOT NULL,
  card BLOB NOT NULL,
  serial INTEGER NOT NULL,
  summary TEXT,
  place REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, author, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX program_updates_of ON program_updates (conversation, card_author, card, serial);
CREATE INDEX program_updates_in ON program_updates (conversation, card_author, card, place);
CREATE TABLE moment_rounds (
  round INTEGER PRIMARY KEY AUTOINCREMENT,
  post BLOB NOT NULL,
  cells BLOB NOT NULL
) STRICT;
CREATE INDEX moment_rounds_of ON moment_rounds (post);
CREATE TABLE moment_rounds_spent (
  round INTEGER PRIMARY KEY,
  spent BLOB NOT NULL
) STRICT;
CREATE TABLE channel_keys (
  channel BLOB NOT NULL,
  author BLOB NOT NULL,
  seed BLOB NOT NULL,
  inception BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL DEFAULT -1,
  head BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (channel, author)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_coauthors (
  channel BLOB NOT NULL,
  account BLOB NOT NULL,
  is_on INTEGER NOT NULL,
  key BLOB NOT NULL,
  is_here INTEGER NOT NULL,
  answer BLOB NOT NULL DEFAULT x'',
  stamp_ms INTEGER NOT NULL,
  PRIMARY KEY (channel, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_askings (
  channel BLOB NOT NULL,
  account BLOB NOT NULL,
  asks INTEGER NOT NULL,
  answered INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  inception BLOB NOT NULL,
  stamp_ms INTEGER NOT NULL,
  PRIMARY KEY (channel, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_menus ON messages (conversation, position) WHERE kind = 'serviceMenu';
CREATE TABLE program_answers (
  program BLOB NOT NULL,
  what TEXT NOT NULL,
  is_yes INTEGER NOT NULL,
  PRIMARY KEY (program, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX moments_unmatched ON moments (id) WHERE matched = 0;
CREATE INDEX moments_wanted ON moments (author, tries, at_ms DESC) WHERE state = 'wanted';
CREATE INDEX moments_gone ON moments (day & 255) WHERE state = 'gone';
CREATE INDEX moment_closed_due ON moment_closed (again_ms, day);
CREATE INDEX moment_closed_of ON moment_closed (day, log);
CREATE INDEX moment_clears_due ON moment_clears (is_own, due_ms);
CREATE INDEX messages_presses ON messages (conversation, author) WHERE kind = 'servicePress';
CREATE TABLE awaited (
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (conversation, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE moment_starts (
  account BLOB NOT NULL,
  log BLOB NOT NULL,
  heads BLOB NOT NULL,
  PRIMARY KEY (account, log)
) STRICT, WITHOUT ROWID;
CREATE TABLE channel_domains (
  channel BLOB PRIMARY KEY,
  domain TEXT NOT NULL,
  is_own INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE cleared_chats (
  conversation BLOB PRIMARY KEY,
  up_to_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_next ON outbox (conversation, goes_last, place);
CREATE INDEX outbox_numbered ON outbox (conversation, place) WHERE seq IS NOT NULL;
CREATE INDEX outbox_under_way ON outbox (envelope_hash) WHERE envelope_hash IS NOT NULL;
CREATE INDEX outbox_shown ON outbox (place) WHERE shown = 1;
CREATE INDEX outbox_unshown ON outbox (conversation, id) WHERE shown = 0;
CREATE TABLE unseated (
  n INTEGER PRIMARY KEY,
  conversation BLOB NOT NULL,
  account BLOB NOT NULL,
  UNIQUE (conversation, account)
) STRICT;
CREATE TABLE moment_places (
  account BLOB PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_entries_gone ON channel_entries (pack) WHERE state = 'gone';
CREATE INDEX channel_found_at ON channel_found (at_ms);
`;
