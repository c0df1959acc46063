# SPDX-License-Identifier: Apache-2.0
"""Real runs of a small module: what was not done is not covered, whatever was done beside it."""
import pathlib
import tempfile
import unittest

from tests.coverage.support import Sample

ALL = "0 0 1f 0f 10 0 0 30 0 0 1 2 4 8 0"  # every line, state, transition and point


class Measured(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sample = Sample()

    def items(self, **tests):
        return self.sample.items(**tests)

    def test_a_full_run_covers_everything_but_the_upper_bits_of_the_sum(self):
        missing = {k for k, i in self.items(all=ALL).items() if not i.covered}
        self.assertEqual({m for m in missing if not m.startswith(("toggle sum_q", "toggle rst_ni"))}, set())
        self.assertIn("toggle sum_q[7]", missing)  # it never gets that far

    def test_an_uncovered_line(self):
        text = "line if (go_i) state_q <= S_C;"
        items = self.items(a="10 10 0")
        self.assertTrue(items[text].covered)
        self.assertFalse(items[f"{text} (no else)"].covered)
        self.assertFalse(self.items(a="30 0 0")[text].covered)

    def test_an_uncovered_state_and_transition(self):
        items = self.items(a="30 0 0 0")
        self.assertFalse(items["fsm state_q S_B"].covered)
        self.assertFalse(items["fsm state_q S_A -> S_B"].covered)
        self.assertTrue(items["fsm state_q S_A -> S_C"].covered)
        self.assertTrue(items["fsm state_q S_C -> S_A"].covered)

    def test_a_bit_has_to_rise_and_to_fall(self):
        items = self.items(a="0 1 1 2 2")  # bit 0 rises and falls; bit 1 rises
        self.assertTrue(items["toggle d_i[0]"].covered)
        self.assertEqual((items["toggle d_i[1]"].covered, items["toggle d_i[1]"].note), (False, "never fell"))
        self.assertEqual((items["toggle d_i[2]"].hits, items["toggle d_i[2]"].note), (0, ""))
        self.assertTrue(self.items(a="0 2 0 0")["toggle d_i[1]"].covered)

    def test_a_generate_loop_is_seen_by_its_first_turn(self):
        self.assertTrue(self.items(a="0 3 0 0")["toggle g_half[0].x[1]"].covered)

    def test_functional_points_in_loops_are_points_of_their_own(self):
        items = self.items(a="0 0 0")
        self.assertTrue(items["point g_was[0].g_is[0].low_bit"].covered)
        for other in ("g_was[0].g_is[1]", "g_was[1].g_is[0]", "g_was[1].g_is[1]"):
            self.assertFalse(items[f"point {other}.low_bit"].covered, other)
        self.assertFalse(items["point largest"].covered)

    def test_what_happens_before_and_in_reset_does_not_count(self):
        items = self.items(a="0")  # registers start random
        self.assertEqual([k for k, i in items.items() if i.kind == "toggle" and i.covered], [])
        self.assertEqual([k for k, i in items.items() if i.kind == "point" and i.hits], ["point g_was[0].g_is[0].low_bit"])

    def test_runs_and_models_add_up_and_are_remembered(self):
        items = self.items(rise="0 f f", fall="0 0 / 0 f 0 0")
        self.assertTrue(items["toggle d_i[3]"].covered)
        self.assertEqual(items["point largest"].tests, 3)
        two = self.items(first="0 0 0 0", second="30 0 0 0")
        self.assertEqual(two["fsm state_q S_C"].tests, 2)  # bit 1: the second test

    def test_a_crash_leaves_nothing_that_could_count(self):
        with tempfile.TemporaryDirectory() as d:
            self.assertNotEqual(self.sample.call(ALL + " abort", d), 0)
            self.assertEqual(list(pathlib.Path(d).iterdir()), [])

    def test_a_child_that_ends_without_destructors_writes_when_it_leaves(self):
        with tempfile.TemporaryDirectory() as d:
            self.assertEqual(self.sample.call("0 0 fork f 0 leave", d), 0)
            rose = [next((int(t.split()[4], 16) for t in p.read_text().splitlines() if t.startswith("T htx_sample d_i ")), 0) for p in pathlib.Path(d).iterdir()]
            self.assertEqual(sorted(rose), [0, 15])  # the parent's, the child's

    def test_nothing_is_written_unless_asked_for(self):
        self.assertEqual(self.sample.call(ALL, None), 0)
        with tempfile.TemporaryDirectory() as d:
            self.assertEqual(self.sample.call(ALL, pathlib.Path(d, "absent")), 2)  # nowhere to write: not silent


if __name__ == "__main__":
    unittest.main()
