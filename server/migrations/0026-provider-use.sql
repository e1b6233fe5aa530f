-- What came of an identity provider last, for whoever looks after it (C4): facts, and nothing of the person.
alter table identity_provider
  add column last_sign_in_at timestamptz,
  add column last_refused_at timestamptz,
  add column last_refusal text;
grant update (last_sign_in_at, last_refused_at, last_refusal) on identity_provider to samtal_platform;
