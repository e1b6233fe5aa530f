-- Files in conversations (E12, G5).
--
-- The content lies outside the database, encrypted under a key of its own; that key, wrapped by the conversation's key,
-- and the name are here. A row is written in the transaction of the entry that shows the file, after its content is on
-- disk; content without a row is nothing, and is swept.
create table media (
  account_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  -- The visitor's or the user's id.
  sent_by uuid not null,
  type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  name bytea not null,
  wrapped_key bytea not null,
  stored_at timestamptz not null default clock_timestamp(),
  primary key (account_id, id),
  foreign key (account_id, conversation_id) references conversation on delete cascade
);
create index media_of_conversation on media (account_id, conversation_id);

alter table media enable row level security;
alter table media force row level security;
create policy own_account on media to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
-- A file is never changed.
grant select, insert, delete on media to samtal_app;

-- The last thing that somebody wrote may be a file.
create index entry_written on entry (account_id, conversation_id, seq) where kind in ('message', 'file');
drop index entry_message;
