// SPDX-License-Identifier: Apache-2.0
#include "verif/tool/timeline.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "golden/compile/compile.hpp"
#include "golden/model/utf8.hpp"

namespace htx::tool {
namespace {

constexpr unsigned kSeqStop = 8;                 // of seq.state_q (docs/blocks/seq.md)
constexpr unsigned kDotWaits = 1, kDotRuns = 2;  // of dot.st_q (docs/blocks/dot.md)
constexpr const char* kNames[] = {"position", "vector unit", "tree", "stream: bursts asked for", "dot: waits for a vector command", "dot: rows", "attention: shares and sums"};

}  // namespace

std::string Timeline::name_of(const verif::Issued& i) const {
  const std::string text = i.pc < image_->symbols.size() && !image_->symbols[i.pc].text.empty() ? image_->symbols[i.pc].text : fmt::format("pc {}", i.pc);
  return i.layer < 0 ? text : fmt::format("layer {}: {}", i.layer, text);
}

void Timeline::close(std::uint64_t clock, std::pair<unsigned, unsigned> track) {
  const auto at = open_.find(track);
  if (at == open_.end()) return;
  spans_.push_back({track.first, track.second, at->second.from, clock, at->second.name, at->second.pc, at->second.position});
  open_.erase(at);
}

void Timeline::note(std::uint64_t clock, unsigned unit, unsigned lane, std::int64_t number, const verif::Issued* what) {
  const std::pair track{unit, lane};
  const auto at = open_.find(track);
  if (number >= 0 && at != open_.end() && at->second.number == static_cast<std::uint64_t>(number)) return;
  close(clock, track);
  if (number < 0) return;
  if (what != nullptr) open_[track] = {static_cast<std::uint64_t>(number), clock, name_of(*what), what->pc, what->position};
  else open_[track] = {static_cast<std::uint64_t>(number), clock, fmt::format("position {}", number), 0, static_cast<std::uint32_t>(number)};
}

void Timeline::see(std::uint64_t clock, const chip::probe::Chip& p) {
  last_ = clock + 1;
  const auto command = [&](unsigned unit, unsigned lane, const verif::Issues& of, std::int64_t number) {
    note(clock, unit, lane, number, number < 0 ? nullptr : of.number(static_cast<std::uint64_t>(number)));
  };
  const auto open_of = [](const verif::Issues& of, std::uint64_t done) {
    const std::uint64_t n = of.oldest(done);
    return n == of.count ? -1 : static_cast<std::int64_t>(n);
  };
  note(clock, kPosition, 0, p.seq_.busy_o && p.seq_.state_q != kSeqStop ? static_cast<std::int64_t>(p.seq_.pos_o) : -1, nullptr);
  command(kVector, 0, commands_.vector(), open_of(commands_.vector(), p.vector_.done_o));
  command(kTree, 0, commands_.pv(), open_of(commands_.pv(), p.tree_.done_o));
  for (unsigned l = 0; l < lanes_; ++l) {
    const auto streamed = static_cast<std::int64_t>(commands_.streamed(p, l)), computing = static_cast<std::int64_t>(commands_.computing(l));
    command(kStream, l, commands_.lane(), p.stream_[l].run_busy || p.stream_[l].append_state ? streamed - 1 : -1);
    command(kWait, l, commands_.lane(), p.dot_[l].st_q == kDotWaits ? computing - 1 : -1);
    command(kDot, l, commands_.lane(), p.dot_[l].st_q == kDotRuns ? computing - 1 : -1);
    command(kAttention, l, commands_.lane(), p.attn_[8 * l].pv_q != 0 ? static_cast<std::int64_t>(commands_.attending(l)) - 1 : -1);
  }
  commands_.see(p);
}

void Timeline::write(const std::string& path) {
  while (!open_.empty()) close(last_, open_.begin()->first);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  auto put = [&, first = true](const nlohmann::json& event) mutable {
    out << (first ? "" : ",\n") << event.dump();
    first = false;
  };
  out << "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n";
  const auto name = [&put](const char* what, unsigned pid, unsigned tid, const std::string& text) {
    put({{"ph", "M"}, {"name", what}, {"pid", pid}, {"tid", tid}, {"args", {{"name", text}}}});
  };
  name("process_name", 0, 0, "chip");
  for (unsigned u = kPosition; u <= kTree; ++u) name("thread_name", 0, u, kNames[u]);
  for (unsigned l = 0; l < lanes_; ++l) {
    name("process_name", l + 1, 0, fmt::format("lane {}", l));
    for (unsigned u = kStream; u < kUnits; ++u) name("thread_name", l + 1, u, kNames[u]);
  }
  for (const Span& s : spans_) {
    nlohmann::json args{{"from clock", s.from}, {"clocks", s.to - s.from}, {"position", s.position}};
    if (s.unit != kPosition && s.pc < image_->program.size()) args["instruction"] = fmt::format("{}: {}", s.pc, compile::disassemble(image_->program[s.pc]));
    put({{"ph", "X"}, {"name", s.name}, {"pid", s.unit <= kTree ? 0 : s.lane + 1}, {"tid", s.unit}, {"ts", static_cast<double>(s.from) * nanoseconds_ / 1000},
         {"dur", static_cast<double>(s.to - s.from) * nanoseconds_ / 1000}, {"args", args}});
  }
  out << "\n]}\n";
  out.close();
  if (!out) throw Error(fmt::format("{}: cannot be written", model::printable(path)));
}

}  // namespace htx::tool
