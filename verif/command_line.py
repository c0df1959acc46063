# SPDX-License-Identifier: Apache-2.0
"""The command line of the scripts in Python: the module's text is the help, a wrong argument is one line and exit code 2."""
import argparse


class Parser(argparse.ArgumentParser):
    def __init__(self, text, **more):
        super().__init__(description=text, formatter_class=argparse.RawDescriptionHelpFormatter, **more)

    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (try --help)\n")
