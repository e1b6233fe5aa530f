-- How much of the requests of one minute has been handed out to nodes, for each user and key (C8). One row each, written once for
-- a share of requests and not for each; it says of users only that they were there in their last minute, and goes soon after.
create table request_quota (
  caller_id uuid primary key,
  window_at timestamptz not null,
  taken integer not null
) with (fillfactor = 50);

alter table request_quota enable row level security;
alter table request_quota force row level security;
create policy everything on request_quota to samtal_platform using (true) with check (true);
grant select, insert, update, delete on request_quota to samtal_platform;
