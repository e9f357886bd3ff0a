"""Certificates, their editions, and the ledger of issue, reissue and revocation (证书台账; C06).

Triggers forbid deleting any, changing an edition or a ledger row, and changing a certificate but to its next
edition or by its one revocation.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

certificates = sa.Table(
    "certificates",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # Of the newest edition, like the holder's name below.
    sa.Column("number", sa.Text, sa.ForeignKey("certificate_editions.number"), nullable=False, unique=True),
    sa.Column("identifier", sa.Text),
    sa.Column("edition", sa.SmallInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("completions.enrolment_id"), nullable=False),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("project_name", sa.Text, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("class_started_on", sa.Date, nullable=False),
    sa.Column("evaluation_id", sa.Uuid, sa.ForeignKey("evaluations.id")),
    sa.Column("evaluated_on", sa.Date),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reissued_on", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("reason_code", sa.Text),
    sa.Column("exit_ground", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("revoked_on", sa.Date),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    # Once revoked, another may be issued: a training may be completed again.
    sa.Index(
        "uq_certificates_enrolment_id_kind",
        "enrolment_id",
        "kind",
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
    ),
    sa.Index(
        "uq_certificates_evaluation_id",
        "evaluation_id",
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
    ),
    sa.Index(None, "enrolment_id", "id"),
    sa.Index(None, "evaluation_id", "id", postgresql_where=sa.text("evaluation_id IS NOT NULL")),
    sa.CheckConstraint(
        "CASE kind WHEN 'entrepreneurship_completion' THEN stage IN (1, 2, 4) "
        "WHEN 'training_completion' THEN stage = 3 "
        "WHEN 'training_qualification' THEN stage = 3 ELSE false END",
        name="kind_fits_stage",
    ),
    sa.CheckConstraint(
        "(kind = 'training_qualification') = (evaluation_id IS NOT NULL AND evaluated_on IS NOT NULL)",
        name="qualification_has_evaluation",
    ),
    sa.CheckConstraint("state IN ('valid', 'revoked')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(reason_code, note, revoked_on, revoked_at) = "
        "CASE state WHEN 'revoked' THEN 4 ELSE 0 END AND (exit_ground IS NULL OR state = 'revoked')",
        name="revocation_is_complete",
    ),
    sa.CheckConstraint(
        "edition BETWEEN 1 AND 999 AND (edition > 1) = (reissued_on IS NOT NULL)", name="edition"
    ),
    sa.CheckConstraint("exit_ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name="exit_ground"),
    sa.Index(None, "person_key", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "class_id", "id"),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "project_code", "id"),
    sa.Index(None, "issued_on", "id"),
    sa.Index("ix_certificates_revoked", "id", postgresql_where=sa.text("state = 'revoked'")),
    sa.Index("ix_certificates_reissued", "id", postgresql_where=sa.text("edition > 1")),
)

# Every number that was ever given out stands here once, so that none is given out again.
certificate_editions = sa.Table(
    "certificate_editions",
    metadata,
    # Checked at the commit: the certificate's own row follows that of its first edition.
    sa.Column(
        "certificate_id",
        sa.Uuid,
        sa.ForeignKey("certificates.id", deferrable=True, initially="DEFERRED", use_alter=True),
        primary_key=True,
    ),
    sa.Column("edition", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    # 电子证照标识; none on editions from before there were any.
    sa.Column("identifier", sa.Text, unique=True),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("evidence", sa.Text),
    sa.CheckConstraint("edition BETWEEN 1 AND 999", name="edition"),
    sa.CheckConstraint("reason_code IN ('lost', 'damaged', 'name_corrected')", name="reason_code"),
    sa.CheckConstraint(
        "num_nonnulls(reason_code, note) = CASE edition WHEN 1 THEN 0 ELSE 2 END",
        name="replaced_for_a_reason",
    ),
    sa.CheckConstraint(
        "(reason_code IS NOT DISTINCT FROM 'name_corrected') = (evidence IS NOT NULL)",
        name="corrected_by_evidence",
    ),
)

certificate_ledger = sa.Table(
    "certificate_ledger",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("certificate_id", sa.Uuid, sa.ForeignKey("certificates.id"), nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("on_day", sa.Date, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text),
    sa.UniqueConstraint("certificate_id", "entry", "number"),
    sa.Index(None, "number"),
    sa.Index(None, "on_day", "id"),
    sa.CheckConstraint("entry IN ('issued', 'reissued', 'revoked')", name="entry"),
    sa.CheckConstraint("(entry <> 'issued') = (reason_code IS NOT NULL)", name="changed_for_a_reason"),
)
