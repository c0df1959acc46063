# SPDX-License-Identifier: Apache-2.0
"""The regression runner behind scripts/regress: tests as data, runs with seeds, verdicts, reports."""
