"""Sets Descent up and starts it: `python3 run.py`. Uses the standard library only.

The first call makes `.venv`, installs and compiles what the app needs, and starts it; later calls start it
at once. The parts are in `launch/`. What the app itself does is in `app.py`.
"""

import sys

if sys.version_info < (3, 7):  # noqa: UP036  # the parts do not parse there
    version = ".".join(map(str, sys.version_info[:2]))
    sys.exit("Python " + version + " is too old: Descent needs Python 3.11 to 3.13.")

from launch.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
