# SPDX-License-Identifier: Apache-2.0
"""Faults planted into a decode: where they can strike, what became of each, and the table of all."""
