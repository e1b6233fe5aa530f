-- The next conversations of a request, in one order, without looking at all of them for each batch.
create index erasure_case_left on erasure_case (account_id, erasure_id, conversation_id) where conversation_id is not null;
