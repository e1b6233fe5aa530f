-- Redaction of digits when it is due (G2).
--
-- What an entry of the log holds is always the redacted text. Where long numbers may be read until the conversation is resolved,
-- or for some hours, the text with them is here until then: under a key of its own, which the bucket's key wraps. Deleting
-- the row and rotating the bucket makes every copy of it unreadable (G9).
create table entry_original (
  account_id uuid not null,
  conversation_id uuid not null,
  audience text not null,
  seq bigint not null,
  bucket_id uuid not null,
  wrapped bytea not null,
  commitment bytea not null,
  body bytea not null,
  -- Null: when the conversation is resolved. What the channel's settings say by now may come before.
  due_at timestamptz,
  primary key (account_id, conversation_id, audience, seq),
  foreign key (account_id, conversation_id, audience, seq) references entry on delete cascade,
  foreign key (account_id, bucket_id) references key_bucket deferrable initially immediate
);
create index entry_original_of_bucket on entry_original (account_id, bucket_id);

alter table entry_original enable row level security;
alter table entry_original force row level security;
create policy own_account on entry_original to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
-- Never changed but for the key that wraps its key.
grant select, insert, update (wrapped), delete on entry_original to samtal_app;

-- Which accounts have any, and no more.
create policy everything on entry_original for select to samtal_platform using (true);
grant select (account_id) on entry_original to samtal_platform;
