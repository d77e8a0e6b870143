"""The command line: reads input, calls one operation, shows the result."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs `leadline`; an error that Leadline can name ends it with its message and exit code, without a traceback."""
    from leadline.cli.application import application
    from leadline.errors import LeadlineError

    try:
        application()
    except LeadlineError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing was half-written.\n")
        sys.exit(130)
