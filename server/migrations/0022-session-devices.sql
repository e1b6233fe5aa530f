-- In what a session was begun (C6): coarse words, from what the browser says of itself. No address, and nothing else of it.
alter table session
  add column device text not null default 'web' check (device in ('web', 'mobile')),
  add column browser text,
  add column system text;
