-- Multiplies the one class, enrolment and presence that are there: :classes classes of :trainees trainees and
-- :sessions sessions, two classes a person, phones of their own, 25 anomalies a class. What is not named stays
-- as it is on the first of each. No trigger and no key is checked meanwhile: it is for looking at plans.
SET session_replication_role = replica;
INSERT INTO institutions SELECT made.*
  FROM (SELECT * FROM institutions LIMIT 1) AS one, generate_series(0, 99) AS i,
  LATERAL jsonb_populate_record(NULL::institutions, to_jsonb(one) || jsonb_build_object(
    'id', md5('i' || i)::uuid, 'credit_code', 'code-' || i, 'early_code_reason',
    CASE WHEN NOT credit_code_checks('code-' || i) THEN '早期代码' END,
    'district', (ARRAY['310101', '310104', '310115', '310118'])[1 + i % 4])) AS made;
INSERT INTO classes SELECT made.*
  FROM (SELECT * FROM classes LIMIT 1) AS one, generate_series(1, :classes) AS c,
  LATERAL jsonb_populate_record(NULL::classes, to_jsonb(one) || jsonb_build_object(
    'id', md5('c' || c)::uuid, 'institution_id', md5('i' || c % 100)::uuid,
    'district', (ARRAY['310101', '310104', '310115', '310118'])[1 + c % 4])) AS made;
INSERT INTO sessions SELECT made.*
  FROM (SELECT * FROM sessions LIMIT 1) AS one, generate_series(1, :classes) AS c,
    generate_series(1, :sessions) AS s,
  LATERAL jsonb_populate_record(NULL::sessions, to_jsonb(one) || jsonb_build_object(
    'id', md5('s' || c || '/' || s)::uuid, 'class_id', md5('c' || c)::uuid,
    'institution_id', md5('i' || c % 100)::uuid, 'room', 'r' || c,
    'starts_at', one.starts_at + c * interval '1 day' + s * interval '3 hours',
    'ends_at', one.starts_at + c * interval '1 day' + (s * 3 + 2) * interval '1 hour')) AS made;
INSERT INTO enrolments SELECT made.*
  FROM (SELECT * FROM enrolments LIMIT 1) AS one, generate_series(1, :classes) AS c,
    generate_series(1, :trainees) AS t,
  LATERAL jsonb_populate_record(NULL::enrolments, to_jsonb(one) || jsonb_build_object(
    'id', md5('e' || c || '/' || t)::uuid, 'class_id', md5('c' || c)::uuid,
    'person_key', 'person-' || c / 2 || '/' || t)) AS made;
INSERT INTO attendance SELECT made.*
  FROM (SELECT * FROM attendance LIMIT 1) AS one, generate_series(1, :classes) AS c,
    generate_series(1, :trainees) AS t, generate_series(1, :sessions) AS s,
  LATERAL jsonb_populate_record(NULL::attendance, to_jsonb(one) || jsonb_build_object(
    'id', md5('a' || c || '/' || t || '/' || s)::uuid, 'class_id', md5('c' || c)::uuid,
    'session_id', md5('s' || c || '/' || s)::uuid, 'enrolment_id', md5('e' || c || '/' || t)::uuid,
    'recorded_at', one.recorded_at + c * interval '1 day' + s * interval '3 hours' + t * interval '9 seconds',
    'device', 'phone-' || c || '/' || t, 'by_trainee', true)) AS made;
INSERT INTO attendance_corrections (id, attendance_id, old_present, old_method, old_recorded_at, corrected_at,
    corrected_by, reason, after_completion)
  SELECT gen_random_uuid(), id, true, 'qr', recorded_at, now(), 'x', 'x', true
  FROM attendance WHERE id::text < '1';
INSERT INTO anomalies (id, kind, subject, class_id, institution_id, district, fact, required, found_at, state,
    explained_at, explained_by, explanation, version)
  SELECT md5('x' || n)::uuid, 'mostly_manual', n::text, md5('c' || 1 + n % :classes)::uuid, md5('i' || n % 100)::uuid,
    (ARRAY['310101', '310104', '310115', '310118'])[1 + n % 4], 'x', 'x', now(),
    CASE WHEN n % 50 = 0 THEN 'open' ELSE 'explained' END, CASE WHEN n % 50 > 0 THEN now() END,
    CASE WHEN n % 50 > 0 THEN 'x' END, CASE WHEN n % 50 > 0 THEN 'x' END, 1
  FROM generate_series(1, :classes * 25) AS n;
SET session_replication_role = origin;
