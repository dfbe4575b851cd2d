"""Where this room keeps its bytes."""

from reaccredit.ledger.files import Store

STORE = Store("imaging", hurried=True)
