"""Rows to measure on, made by the database itself."""

import asyncpg

_COMPLETIONS = """
INSERT INTO completions (enrolment_id, class_id, credit_code, institution_name, district,
  project_code, project_name,
  stage, person_key, masked_name, name_encrypted, id_number_encrypted, standard_version,
  class_started_on,
  class_ended_on, completed_on, sessions_attended, sessions_held, instructor_keys, recorded_at)
SELECT md5('enrolment' || i)::uuid, md5('class' || i / 30)::uuid, '91310115MA1K12345X', '浦东创业学院',
  '310115', 'P3',
  '创业初创期培训', 3, md5('person' || i) || md5('key' || i), '张*', repeat('n', 60),
  repeat('i', 80), '2026-1',
  '2026-05-01', '2026-05-20', '2026-05-20', 10, 10, '{}', now()
FROM generate_series($1::bigint, $2::bigint) AS i
"""

_CERTIFICATES = """
INSERT INTO certificates (id, number, kind, enrolment_id, class_id, credit_code, institution_name,
  district,
  project_code, project_name, stage, person_key, masked_name, name_encrypted, id_number_encrypted,
  class_started_on,
  issued_on, issued_at, state, version, edition)
SELECT ('019a0000' || lpad(to_hex(i), 24, '0'))::uuid,
  'SH2026J' || lpad(i::text, 11, '0'), 'training_completion', enrolment_id, class_id, credit_code,
  institution_name,
  district, project_code, project_name, stage, person_key, masked_name, name_encrypted,
  id_number_encrypted,
  class_started_on, '2026-05-20', now(), 'valid', 1, 1
FROM generate_series($1::bigint,
  $2::bigint) AS i JOIN completions ON enrolment_id = md5('enrolment' || i)::uuid
"""

_EDITIONS = """
INSERT INTO certificate_editions (certificate_id, edition, number, masked_name, name_encrypted, at, actor,
  role)
SELECT ('019a0000' || lpad(to_hex(i), 24, '0'))::uuid, 1, 'SH2026J' || lpad(i::text, 11, '0'), '张*',
  repeat('n', 60), now(), 'system', 'system'
FROM generate_series($1::bigint, $2::bigint) AS i
"""


def certificate_number(number: int) -> str:
    """The number of the certificate with this place in the series."""
    return f"SH2026J{number:011d}"


async def add_certificates(dsn: str, first: int, last: int) -> None:
    """Completions and their 培训结业证书, ``first`` to ``last`` of the series; the statistics fresh."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        for begin in range(first, last + 1, 100_000):
            end = min(last, begin + 99_999)
            async with connection.transaction():
                await connection.execute(_COMPLETIONS, begin, end, timeout=600)
                await connection.execute(_EDITIONS, begin, end, timeout=600)
                await connection.execute(_CERTIFICATES, begin, end, timeout=600)
        await connection.execute(
            "VACUUM (ANALYZE) completions, certificates, certificate_editions", timeout=600
        )
        await connection.execute("CHECKPOINT", timeout=600)
    finally:
        await connection.close(timeout=10)


_OUTBOX = """
INSERT INTO outbox (event_id, type, key, occurred_at, traceparent, value)
SELECT gen_random_uuid(), 'cn.sh.chuangpei.certificate.issued.v1', gen_random_uuid()::text, now(),
  '00-' || md5(i::text) || '-' || left(md5(i::text), 16) || '-01', convert_to(repeat('e', 1000), 'UTF8')
FROM generate_series(1, $1::integer) AS i
"""


async def fill_outbox(connection: asyncpg.Connection, events: int) -> None:
    """Events of 1 kB that nobody has sent yet."""
    await connection.execute(_OUTBOX, events, timeout=300)
