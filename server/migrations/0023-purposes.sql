-- What a role was given for (B3): asked for wherever it opens what people write in conversations of others.
alter table role_grant add purpose text not null default '';
