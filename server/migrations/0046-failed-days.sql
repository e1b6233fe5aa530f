-- Days that could not be put together from their hours are set aside as hours that could not be counted are: `hour` is where they begin.
alter table failed_hour add column grain text not null default 'hour' check (grain in ('hour', 'day'));
alter table failed_hour drop constraint failed_hour_pkey, add primary key (account_id, grain, hour);
