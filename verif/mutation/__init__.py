# SPDX-License-Identifier: Apache-2.0
"""Seeded RTL mutants: where they can sit, what they change, how many share one build, and who catches them."""
