"""A payment file in bare SQL: INSERT … SELECT of the lines and one COPY.

Once with the account numbers in clear in the database, once sealed as ours are and opened in a bare loop.
"""

import csv
from binascii import a2b_base64
from pathlib import Path
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TABLES = """
CREATE TABLE clear_claims AS
  SELECT c.*, '张三丰' AS holder, '中国银行' AS bank, '6222021' || right(id::text, 12) AS account_number
  FROM claims c;
ALTER TABLE clear_claims ADD PRIMARY KEY (id);
CREATE INDEX ON clear_claims (district, state, id);
CREATE TABLE clear_lines (batch_id uuid, line_no integer, claim_id uuid NOT NULL, amount_fen bigint NOT NULL,
  holder text NOT NULL, bank text NOT NULL, account_number text NOT NULL, approved_by text NOT NULL,
  status text NOT NULL, PRIMARY KEY (batch_id, line_no));
CREATE UNIQUE INDEX ON clear_lines (claim_id) WHERE status IN ('pending', 'settled');
CREATE TABLE sealed_lines (LIKE payment_lines INCLUDING ALL);
"""
_CLEAR_LINES = """
INSERT INTO clear_lines SELECT $1, row_number() OVER (ORDER BY id), id, amount_fen, holder, bank,
  account_number, approved_by, 'pending' FROM clear_claims WHERE district = $2 AND state = 'cleared'
"""
_CLEAR_FILE = """
SELECT '310115-1', line_no, claim_id, holder, bank, account_number, amount_fen
FROM clear_lines WHERE batch_id = $1 ORDER BY line_no
"""
_SEALED_LINES = """
INSERT INTO sealed_lines (batch_id, line_no, claim_id, amount_fen, fund_year, payee_encrypted, payee_digest,
  approved_by, status)
SELECT $1, row_number() OVER (ORDER BY id), id, amount_fen, fund_year, payee_encrypted, payee_digest,
  approved_by, 'pending'
FROM claims WHERE district = $2 AND state = 'cleared'
"""
_SEALED_FILE = """
SELECT line_no, claim_id, amount_fen, payee_encrypted FROM sealed_lines WHERE batch_id = $1 ORDER BY line_no
"""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


async def in_clear(connection: asyncpg.Connection, batch: UUID, district: str, file: Path) -> None:
    """Lines and file of account numbers that the database holds in clear."""
    await connection.execute(_CLEAR_LINES, batch, district, timeout=300)
    await connection.copy_from_query(_CLEAR_FILE, batch, output=file, format="csv", timeout=300)


async def opened(
    connection: asyncpg.Connection, batch: UUID, district: str, key: bytes, purpose: bytes, file: Path
) -> None:
    """Lines of sealed payees, and a file of what a bare loop opens."""
    await connection.execute(_SEALED_LINES, batch, district, timeout=300)
    raw = file.with_suffix(".raw")
    await connection.copy_from_query(_SEALED_FILE, batch, output=raw, timeout=300)
    aead = AESGCM(key)
    with raw.open(encoding="utf-8") as rows, file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for row in rows:
            line_no, claim_id, amount_fen, sealed = row.rstrip("\n").split("\t")
            encoded = sealed.partition(".")[2].encode().translate(_URL_SAFE)
            value = a2b_base64(encoded + b"=" * (-len(encoded) % 4))
            payee = aead.decrypt(value[:12], value[12:], purpose).decode().split("\x1f")
            writer.writerow(("310115-1", line_no, claim_id, *payee, amount_fen))
