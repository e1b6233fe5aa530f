-- Elevation (C3): until when a session may do sensitive work, and what its person showed for it.
alter table session
  add column elevated_until timestamptz,
  add column elevated_by text check (elevated_by in ('password', 'passkey', 'totp', 'sms', 'email', 'recovery')),
  add constraint session_elevation check ((elevated_until is null) = (elevated_by is null));
