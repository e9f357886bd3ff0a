"""What a query that only reads can be asked through."""

from chuangpei.database import Database, Transaction

Reader = Transaction | Database
"""A transaction, or the database itself where one statement says it all."""
