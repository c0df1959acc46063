// SPDX-License-Identifier: Apache-2.0
// What a sweep has done, in memory and, if it was given a file, there: written beside it and renamed, so that a kill loses a minute at most.
#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/sweep/sweep.hpp"

namespace htx::sweep {

struct Progress {
  std::uint64_t blocks = 0;
  double seconds = 0;
  Tally tally;
};

class StateFile {
 public:
  StateFile(std::string path, std::uint64_t seed, std::uint64_t vectors) : path_(std::move(path)) {
    std::ifstream in(path_);
    if (path_.empty() || !in) return;
    try {
      const auto j = nlohmann::json::parse(in);
      if (j.at("seed") != seed || j.at("vectors") != vectors)
        throw std::runtime_error(fmt::format("is of --seed {} --vectors {}", j.at("seed").get<std::uint64_t>(), j.at("vectors").get<std::uint64_t>()));
      for (const auto& [name, v] : j.at("sweeps").items()) {
        Progress& p = sweeps_[name];
        p.blocks = v.at("blocks");
        p.seconds = v.at("seconds");
        p.tally.vectors = v.at("vectors");
        p.tally.failures = v.at("failures");
        p.tally.classes = v.at("classes").get<std::vector<std::uint64_t>>();
        p.tally.segments = v.at("segments").get<std::vector<std::uint64_t>>();
      }
    } catch (const std::exception& e) {
      throw std::runtime_error(fmt::format("{}: {}", path_, e.what()));
    }
  }
  Progress& of(const Job& job) {
    Progress& p = sweeps_[std::string(job.name())];
    const bool fresh = p.tally.vectors == 0;
    if (!fresh && (p.tally.classes.size() != job.classes().size() || p.tally.segments.size() != job.segments()))
      throw std::runtime_error(fmt::format("{}: was written by another version", path_));
    p.tally.classes.resize(job.classes().size());
    p.tally.segments.resize(job.segments());
    return p;
  }
  void save(std::uint64_t seed, std::uint64_t vectors) const {
    if (path_.empty()) return;
    nlohmann::json j{{"seed", seed}, {"vectors", vectors}, {"sweeps", nlohmann::json::object()}};
    for (const auto& [name, p] : sweeps_)
      j["sweeps"][name] = {{"blocks", p.blocks}, {"seconds", p.seconds}, {"vectors", p.tally.vectors}, {"failures", p.tally.failures},
                           {"classes", p.tally.classes}, {"segments", p.tally.segments}};
    const std::string beside = path_ + ".new";
    std::ofstream out(beside);
    out << j.dump(1) << '\n';
    out.close();
    if (!out) throw std::runtime_error(fmt::format("{}: cannot be written", beside));
    std::filesystem::rename(beside, path_);
  }

 private:
  std::string path_;
  std::map<std::string, Progress> sweeps_;
};

}  // namespace htx::sweep
