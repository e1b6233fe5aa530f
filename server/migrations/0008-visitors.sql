-- What is known about a visitor (D2), and tags of conversations (E6, E10).

-- Declared attributes of a conversation's visitor. `value` is ciphertext under the conversation's key, bound to the
-- attribute, so that it dies with the conversation. `blind_index` is HMAC-SHA-256 of the normalised value under a key of
-- the account's that the database does not have: it finds equal values within one account and attribute, and tells nothing
-- else. It is null where the account has not asked for finding, and where masking has changed the value.
create table visitor_attribute (
  account_id uuid not null,
  conversation_id uuid not null,
  key text not null,
  value bytea not null,
  blind_index bytea,
  masked boolean not null,
  set_at timestamptz not null default now(),
  primary key (account_id, conversation_id, key),
  foreign key (account_id, conversation_id) references conversation on delete cascade
);
create index visitor_attribute_found on visitor_attribute (account_id, blind_index) where blind_index is not null;
create index visitor_attribute_by_key on visitor_attribute (account_id, key, conversation_id);

-- A tag is one of the words that the account's settings list: nothing that anybody wrote about a person.
create table conversation_tag (
  account_id uuid not null,
  conversation_id uuid not null,
  tag text not null,
  primary key (account_id, conversation_id, tag),
  foreign key (account_id, conversation_id) references conversation on delete cascade
);
create index conversation_tag_found on conversation_tag (account_id, tag, conversation_id);

do $$
declare
  name text;
begin
  foreach name in array array['visitor_attribute', 'conversation_tag'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_account on %I to samtal_app using (account_id = (select account_of_transaction()))
         with check (account_id = (select account_of_transaction()))', name);
  end loop;
end
$$;
grant select, insert, update, delete on visitor_attribute to samtal_app;
grant select, insert, delete on conversation_tag to samtal_app;
