from tests.options.clock import clock
from tests.reinstatements.conftest import chosen, world
from tests.reinstatements.test_pages import as_

__all__ = ["as_", "chosen", "clock", "world"]
