-- Classes of :trainees trainees and :sessions sessions, two classes a person, phones of their own, 25 anomalies a
-- class. No trigger and no key is checked meanwhile: it fills an empty database for looking at plans.
SET session_replication_role = replica;
INSERT INTO projects VALUES ('P', '项目', 3, now());
INSERT INTO standards (id, project_code, version, name, effective_from, min_hours, max_class_size,
    attendance_percent, published_at, published_by)
  VALUES (gen_random_uuid(), 'P', '1', '标准', '2026-01-01', 1, 30, 80, now(), 'x');
INSERT INTO institutions (id, credit_code, name, district, kind, address, registered_on, registered_at,
    registered_by, version)
  SELECT md5('i' || i)::uuid, 'code-' || i, '机构', (ARRAY['310101', '310104', '310115', '310118'])[1 + i % 4], 'private_training_institution',
    'x', '2026-01-01', now(), 'x', 1 FROM generate_series(0, 99) i;
INSERT INTO classes (id, institution_id, project_code, standard_version, district, name, starts_on, ends_on,
    capacity, enrolled, filed_at, filed_by, version)
  SELECT md5('c' || c)::uuid, md5('i' || c % 100)::uuid, 'P', '1', (ARRAY['310101', '310104', '310115', '310118'])[1 + c % 4], '班',
    '2026-03-02', '2026-03-05', 30, :trainees, now(), 'x', 1 FROM generate_series(1, :classes) c;
INSERT INTO sessions (id, class_id, institution_id, room, starts_at, ends_at)
  SELECT md5('s' || c || '/' || s)::uuid, md5('c' || c)::uuid, md5('i' || c % 100)::uuid, 'r' || c,
    '2026-03-02 08:00+08'::timestamptz + c * interval '1 day' + s * interval '3 hours',
    '2026-03-02 10:00+08'::timestamptz + c * interval '1 day' + s * interval '3 hours'
  FROM generate_series(1, :classes) c, generate_series(1, :sessions) s;
INSERT INTO enrolments (id, class_id, person_key, masked_name, masked_id_number, masked_phone, name_encrypted,
    id_number_encrypted, phone_encrypted, state, enrolled_at, enrolled_by, version)
  SELECT md5('e' || c || '/' || t)::uuid, md5('c' || c)::uuid, 'person-' || c / 2 || '/' || t, '张*', 'x', 'x',
    'x', 'x', 'x', 'enrolled', '2026-02-20', 'x', 1
  FROM generate_series(1, :classes) c, generate_series(1, :trainees) t;
INSERT INTO attendance (id, class_id, session_id, enrolment_id, present, method, recorded_at, device,
    received_at, received_from, by_trainee, version)
  SELECT md5('a' || c || '/' || t || '/' || s)::uuid, md5('c' || c)::uuid, md5('s' || c || '/' || s)::uuid,
    md5('e' || c || '/' || t)::uuid, true, 'qr',
    '2026-03-02 08:00+08'::timestamptz + c * interval '1 day' + s * interval '3 hours' + t * interval '9 seconds',
    'phone-' || c || '/' || t, now(), 'x', true, 1
  FROM generate_series(1, :classes) c, generate_series(1, :trainees) t, generate_series(1, :sessions) s;
INSERT INTO attendance_corrections (id, attendance_id, old_present, old_method, old_recorded_at, corrected_at,
    corrected_by, reason, after_completion)
  SELECT gen_random_uuid(), id, true, 'qr', recorded_at, now(), 'x', 'x', true FROM attendance WHERE id::text < '1';
INSERT INTO anomalies (id, kind, subject, class_id, institution_id, district, fact, required, found_at, state,
    explained_at, explained_by, explanation, version)
  SELECT md5('x' || c)::uuid, 'mostly_manual', c::text, md5('c' || c)::uuid, md5('i' || c % 100)::uuid,
    (ARRAY['310101', '310104', '310115', '310118'])[1 + c % 4], 'x', 'x', now(), CASE WHEN c % 50 = 0 THEN 'open' ELSE 'explained' END,
    CASE WHEN c % 50 > 0 THEN now() END, CASE WHEN c % 50 > 0 THEN 'x' END, CASE WHEN c % 50 > 0 THEN 'x' END, 1
  FROM generate_series(1, :classes * 25) c;
SET session_replication_role = origin;
