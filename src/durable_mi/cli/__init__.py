"""The command line, ``durable-mi``: parse, call, render.

:func:`main` is the console script. It loads only what the command needs, so that ``durable-mi --help`` returns at
once. It reports a missing extra in one line that says what to install.
"""

from __future__ import annotations

import sys

from durable_mi.cli.interrupts import INTERRUPTED, end_at_once

__all__ = ["main"]


def main() -> None:
    """Run ``durable-mi`` with the process's arguments and exit with its status.

    Raises:
        SystemExit: Always. 0 is success, 1 a failure or a missing extra, 2 wrong usage, 130 an interrupt.
        ModuleNotFoundError: A module is missing that no extra of this distribution installs, which is a defect.
    """
    end_at_once()
    try:
        from durable_mi.cli.group import durable_mi  # noqa: PLC0415 - click may not be installed

        durable_mi.main(prog_name="durable-mi")
    except ModuleNotFoundError as error:
        from durable_mi.cli.extras import missing_extra_hint  # noqa: PLC0415 - what is imported first is short

        line = missing_extra_hint(error, sys.argv[1:])
        if line is None:
            raise
        sys.exit(line)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        end_at_once()
