-- Multiplies the one class, enrolment and presence that are there: as many classes of as many trainees and
-- sessions as the settings seed.classes, seed.trainees and seed.sessions say. A person is in two classes that
-- follow each other; classes that are 200 apart meet at the same hours; the first trainee of each class has
-- withdrawn; phones are their own; three anomalies a session. Ids rise as real ones do, and the presences of
-- a session lie together as they come. What is not named stays as it is on the first of each. No trigger and no
-- foreign key is checked meanwhile: it is for looking at plans and for measuring.
SET session_replication_role = replica;
CREATE OR REPLACE FUNCTION pg_temp.size(name text) RETURNS int STABLE
  RETURN current_setting('seed.' || name)::int;
CREATE OR REPLACE FUNCTION pg_temp.nth(n bigint) RETURNS uuid IMMUTABLE
  RETURN ('019a0000' || lpad(to_hex(n), 24, '0'))::uuid;
CREATE OR REPLACE FUNCTION pg_temp.district(n int) RETURNS text IMMUTABLE
  RETURN (ARRAY['310101', '310104', '310115', '310118'])[1 + n % 4];
INSERT INTO institutions SELECT made.*
  FROM (SELECT * FROM institutions LIMIT 1) AS one, generate_series(0, 99) AS i,
  LATERAL jsonb_populate_record(NULL::institutions, to_jsonb(one) || jsonb_build_object(
    'id', pg_temp.nth(i), 'credit_code', 'code-' || i, 'early_code_reason',
    CASE WHEN NOT credit_code_checks('code-' || i) THEN '早期代码' END,
    'district', pg_temp.district(i))) AS made;
INSERT INTO qualifications SELECT made.*
  FROM (SELECT * FROM qualifications LIMIT 1) AS one, generate_series(0, 99) AS i,
  LATERAL jsonb_populate_record(NULL::qualifications, to_jsonb(one) || jsonb_build_object(
    'id', pg_temp.nth(i), 'institution_id', pg_temp.nth(i), 'district', pg_temp.district(i))) AS made;
INSERT INTO classes SELECT made.*
  FROM (SELECT * FROM classes LIMIT 1) AS one, generate_series(1, pg_temp.size('classes')) AS c,
  LATERAL jsonb_populate_record(NULL::classes, to_jsonb(one) || jsonb_build_object(
    'id', pg_temp.nth(c), 'institution_id', pg_temp.nth(c % 100), 'qualification_id', pg_temp.nth(c % 100),
    'district', pg_temp.district(c), 'enrolled', pg_temp.size('trainees') - 1,
    'starts_on', one.starts_on + c % 200, 'ends_on', one.ends_on + c % 200)) AS made;
INSERT INTO sessions SELECT made.*
  FROM (SELECT * FROM sessions LIMIT 1) AS one, generate_series(1, pg_temp.size('classes')) AS c,
    generate_series(1, pg_temp.size('sessions')) AS s,
  LATERAL jsonb_populate_record(NULL::sessions, to_jsonb(one) || jsonb_build_object(
    'id', pg_temp.nth(c * 100 + s), 'class_id', pg_temp.nth(c),
    'institution_id', pg_temp.nth(c % 100), 'room', 'r' || c,
    'starts_at', one.starts_at + c % 200 * interval '1 day' + s * interval '3 hours',
    'ends_at', one.starts_at + c % 200 * interval '1 day' + (s * 3 + 2) * interval '1 hour')) AS made;
INSERT INTO session_instructors (session_id, person_key, starts_at, ends_at)
  SELECT id, 'teacher-' || substr(room, 2), starts_at, ends_at FROM sessions WHERE room LIKE 'r%';
INSERT INTO enrolments SELECT made.*
  FROM (SELECT * FROM enrolments LIMIT 1) AS one, generate_series(1, pg_temp.size('classes')) AS c,
    generate_series(1, pg_temp.size('trainees')) AS t,
  LATERAL jsonb_populate_record(NULL::enrolments, to_jsonb(one) || jsonb_build_object(
    'id', pg_temp.nth(c * 1000 + t), 'class_id', pg_temp.nth(c), 'institution_id', pg_temp.nth(c % 100),
    'district', pg_temp.district(c), 'person_key', 'person-' || c / 2 || '/' || t)
    || CASE WHEN t = 1 THEN jsonb_build_object('state', 'withdrawn', 'ended_at', one.enrolled_at,
      'ended_by', 'x', 'end_reason', 'x') ELSE '{}' END) AS made;
INSERT INTO enrolment_hours (enrolment_id, person_key, hours)
  SELECT pg_temp.nth(c * 1000 + t), 'person-' || c / 2 || '/' || t, taken.hours
  FROM generate_series(1, pg_temp.size('classes')) AS c,
    LATERAL (SELECT range_agg(tstzrange(starts_at, ends_at)) AS hours FROM sessions
      WHERE class_id = pg_temp.nth(c)) AS taken, generate_series(2, pg_temp.size('trainees')) AS t;
INSERT INTO attendance SELECT made.*
  FROM (SELECT * FROM attendance LIMIT 1) AS one, generate_series(1, pg_temp.size('classes')) AS c,
    generate_series(1, pg_temp.size('trainees')) AS t, generate_series(1, pg_temp.size('sessions')) AS s,
  LATERAL jsonb_populate_record(NULL::attendance, to_jsonb(one) || jsonb_build_object(
    'id', pg_temp.nth((c * 1000::bigint + t) * 100 + s), 'class_id', pg_temp.nth(c),
    'session_id', pg_temp.nth(c * 100 + s), 'enrolment_id', pg_temp.nth(c * 1000 + t),
    'recorded_at', one.recorded_at + c % 200 * interval '1 day' + s * interval '3 hours' + t * interval '9 seconds',
    'received_at', one.received_at + c % 200 * interval '1 day' + s * interval '3 hours' + t * interval '9 seconds',
    'device', 'phone-' || c || '/' || t, 'by_trainee', true)) AS made
  ORDER BY c, s, t;
INSERT INTO attendance_corrections (id, attendance_id, old_present, old_method, old_recorded_at, corrected_at,
    corrected_by, reason, after_completion)
  SELECT gen_random_uuid(), id, true, 'qr', recorded_at, now(), 'x', 'x', true
  FROM attendance WHERE md5(id::text) < '1';
INSERT INTO anomalies (id, kind, subject, class_id, institution_id, district, fact, required, found_at, state,
    explained_at, explained_by, explanation, version)
  SELECT pg_temp.nth(n), 'mostly_manual', n::text, pg_temp.nth(1 + n % pg_temp.size('classes')),
    pg_temp.nth((1 + n % pg_temp.size('classes')) % 100), pg_temp.district(1 + n % pg_temp.size('classes')),
    'x', 'x', now(), CASE WHEN n % 50 = 0 THEN 'open' ELSE 'explained' END,
    CASE WHEN n % 50 > 0 THEN now() END, CASE WHEN n % 50 > 0 THEN 'x' END,
    CASE WHEN n % 50 > 0 THEN 'x' END, 1
  FROM generate_series(1, pg_temp.size('classes') * pg_temp.size('sessions') * 3) AS n;
SET session_replication_role = origin;
