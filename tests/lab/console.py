# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal of the lab tool."""

import os
import sys

sys.path.insert(0, os.path.realpath(os.path.join(os.path.dirname(__file__),
                                                 "../../lab")))

from labtool.console import *  # noqa: E402,F401,F403
