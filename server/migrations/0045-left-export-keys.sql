-- That administrators were told that who brought or confirmed a key of an export account works in the account no more: once for each time.
alter table export_key add column left_told_at timestamptz;
grant update (left_told_at) on export_key to samtal_app;
