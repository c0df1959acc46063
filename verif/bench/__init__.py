# SPDX-License-Identifier: Apache-2.0
"""Performance figures: measuring them, and holding them against the baselines in tests/baselines/performance.json."""
