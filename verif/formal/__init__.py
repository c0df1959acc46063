# SPDX-License-Identifier: Apache-2.0
"""Proofs over the RTL: the catalogue, the tools that prove, and what becomes of a counterexample (docs/formal.md)."""
