-- The keyring in a database of its own (G5, G9): what it holds is wrapped under the installation key, which is not here.
create table record (
  owner text not null,
  name text not null,
  content text not null,
  primary key (owner, name)
);
