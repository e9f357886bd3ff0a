"""The bank (银行), simulated: it pays a batch's file and answers line by line."""

import csv
import io


def pay_all(export: str) -> str:
    """The result file (回盘文件) of an exported batch: its columns, and every line settled."""
    reader = csv.DictReader(io.StringIO(export.removeprefix("\ufeff"), newline=""))
    answered = io.StringIO()
    writer = csv.DictWriter(answered, [*(reader.fieldnames or ()), "result", "bank_code"])
    writer.writeheader()
    writer.writerows({**line, "result": "settled", "bank_code": ""} for line in reader)
    return answered.getvalue()
