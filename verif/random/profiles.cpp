// SPDX-License-Identifier: Apache-2.0
#include "verif/random/profiles.hpp"

#include <string_view>

namespace htx::random {

std::span<const Profile> profiles() {
  static const std::vector<Profile> all = [] {
    std::vector<Profile> p(12);
    p[0] = {.name = "mixed", .what = "something of everything", .weights = {}};
    p[1] = {.name = "queues", .what = "many short commands without a wait: every queue fills", .weights = {{"short loads", 12}, {"attention again", 8}, {"vector chain", 4}, {"vector burst", 6}, {"pressure", 4}}};
    p[1].hurry = 80;
    p[2] = {.name = "attention", .what = "appends, scores and values over many pages", .weights = {{"attention", 12}, {"attention again", 5}}};
    p[2].deep = 40;
    p[2].clocks = 60000;
    p[3] = {.name = "vector", .what = "chains of vector instructions", .weights = {{"vector", 10}, {"vector chain", 10}, {"quantise", 6}}};
    p[4] = {.name = "tiny", .what = "many programs of a few instructions", .weights = {}};
    p[4].runs[0] = 5, p[4].runs[1] = 10, p[4].things[0] = 1, p[4].things[1] = 3, p[4].clocks = 8000, p[4].deep = 40;
    p[5] = {.name = "restarts", .what = "soft resets and hosts in the middle of everything", .weights = {}};
    p[5].runs[0] = 3, p[5].runs[1] = 6, p[5].rude = 80, p[5].host = 60, p[5].clocks = 12000;
    p[6] = {.name = "large", .what = "few instructions with large operands", .weights = {{"product", 5}, {"vector", 5}, {"quantise", 5}}};
    p[6].things[0] = 2, p[6].things[1] = 5, p[6].clocks = 90000, p[6].widest = 10, p[6].often = 8;
    p[7] = {.name = "loops", .what = "nested loops and index registers", .weights = {{"loop", 14}, {"stride", 10}, {"registers", 5}, {"long loop", 3}, {"open loop", 4}, {"many waits", 8}}};
    p[7].runs[0] = 2, p[7].runs[1] = 3;
    p[8] = {.name = "refusals", .what = "single instructions with an operand at a limit", .weights = {}};
    p[8].runs[0] = 12, p[8].runs[1] = 24, p[8].things[0] = 1, p[8].things[1] = 1, p[8].illegal = 85, p[8].rude = 2, p[8].host = 5, p[8].clocks = 3000;
    p[9] = {.name = "numbers", .what = "every limit of a format, NaN and infinities", .weights = {{"quantise", 14}, {"vector", 10}, {"attention", 6}, {"product", 3}}};
    p[9].extreme = 75, p[9].clocks = 12000, p[9].runs[0] = 2, p[9].runs[1] = 4, p[9].illegal = 0;
    p[10] = {.name = "hurry", .what = "a host that starts and resets in flurries and meets commands, starts and ends in the same clock", .weights = {{"short loads", 3}}};
    p[10].runs[0] = 2, p[10].runs[1] = 4, p[10].things[0] = 1, p[10].things[1] = 6, p[10].clocks = 6000, p[10].rude = 100, p[10].eager = 85, p[10].illegal = 8;
    p[11] = {.name = "huge", .what = "one instruction of the largest size", .weights = {{"product", 50}, {"embed", 12}, {"load", 4}}};
    p[11].runs[1] = 1, p[11].things[0] = 1, p[11].things[1] = 2, p[11].clocks = 160000, p[11].widest = 80, p[11].illegal = 5, p[11].often = 4;
    return p;
  }();
  return all;
}

const Profile* profile(const char* name) {
  for (const Profile& p : profiles())
    if (std::string_view(p.name) == name) return &p;
  return nullptr;
}

}  // namespace htx::random
