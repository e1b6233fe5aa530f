-- The console in frames of pages that an account names (C10). Such a session was begun in a frame, reaches that account only, and is
-- taken from frames only.
alter table session add column embedded_in uuid references account on delete cascade;
