/**
 * Migration 8: members of incidents. The scope, the cause and the first episode say which incident an episode joins. A
 * program without members would open a second ticket for a member, so it is refused.
 */
export const members = `
create table incident_members (
  incident text not null,
  fingerprint text not null,
  subject text not null,
  kind text not null,
  feature text,
  episode text not null,
  state text not null check (state in ('joined', 'recovered', 'left')),
  joined_at double precision not null,
  severity text not null,
  score double precision not null,
  document json not null,
  primary key (incident, fingerprint)
);
create unique index incident_members_one on incident_members (fingerprint) where state <> 'left';
create index incident_members_fingerprint on incident_members (fingerprint);
create index incident_members_episode on incident_members (incident, episode);
update incidents set subject = 'model' || chr(10) || model where subject is null;
insert into incident_members
select id, fingerprint, subject, coalesce(document #>> '{episode,kind}', ''), document #>> '{episode,features,0,feature}',
  coalesce(document #>> '{episode,id}', ''),
  case state when 'open' then 'joined' when 'recovered' then 'recovered' else 'left' end,
  coalesce((document ->> 'openedAtMs')::float8, updated_at_ms), severity,
  coalesce((document #>> '{episode,score}')::float8, 0), document -> 'episode'
from incidents where subject not like 'missed%' and document -> 'episode' is not null;

drop index incidents_one_open;
alter table incidents add column scope text, add column cause text, add column first_at double precision,
  add column size int not null default 1, add column ticket_promised_at_ms double precision;
update incidents set scope = regexp_replace(split_part(subject, chr(10), 2), '[^/]*$', ''),
  cause = case when document #>> '{episode,kind}' = 'silent' then 'kind' || chr(10) || 'silent' end,
  first_at = (document #>> '{episode,at}')::float8;
create index incidents_open_scope on incidents (scope) where state <> 'resolved';
create index incidents_ticket_promised on incidents (ticket_promised_at_ms);
create index states_model on states (model);

alter table runs add column subject text, alter column model drop not null;
update runs set subject = 'model' || chr(10) || model where model <> '';
update runs set model = null where model = '';
`;
