// SPDX-License-Identifier: Apache-2.0
#include "verif/random/case_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "golden/model/error.hpp"
#include "golden/model/utf8.hpp"
#include "verif/random/assembler.hpp"

namespace htx::random {
namespace {

using Json = nlohmann::ordered_json;
constexpr unsigned kFormat = 1;
constexpr const char* kKinds[] = {"read_reg", "write_reg", "read_dram", "write_dram"};
constexpr const char* kFills[] = {"zero", "values", "small", "wild", "poison", "exponents"};

/// One JSON object that is read key by key; a key that nobody asked for is a mistake.
class Reader {
 public:
  Reader(const Json& j, std::string where) : j_(j), where_(std::move(where)) {
    if (!j.is_object()) throw Error(fmt::format("{} is no object", where_));
  }
  const Json* find(const char* key) {
    seen_.push_back(key);
    const auto at = j_.find(key);
    return at == j_.end() ? nullptr : &*at;
  }
  template <class T>
  void number(const char* key, T& to, std::uint64_t least, std::uint64_t most) {
    const Json* v = find(key);
    if (v == nullptr) return;
    if (!v->is_number_unsigned() || v->get<std::uint64_t>() < least || v->get<std::uint64_t>() > most)
      throw Error(fmt::format("{}: '{}' is no number from {} to {}", where_, key, least, most));
    to = static_cast<T>(v->get<std::uint64_t>());
  }
  void flag(const char* key, bool& to) {
    const Json* v = find(key);
    if (v != nullptr && !v->is_boolean()) throw Error(fmt::format("{}: '{}' is neither true nor false", where_, key));
    if (v != nullptr) to = v->get<bool>();
  }
  void text(const char* key, std::string& to) {
    const Json* v = find(key);
    if (v != nullptr && !v->is_string()) throw Error(fmt::format("{}: '{}' is no text", where_, key));
    if (v != nullptr) to = v->get<std::string>();
  }
  /// Calls f(entry, "where key 3") for each of a list.
  template <class F>
  void each(const char* key, F&& f) {
    const Json* v = find(key);
    if (v == nullptr) return;
    if (!v->is_array()) throw Error(fmt::format("{}: '{}' is no list", where_, key));
    std::size_t n = 0;
    for (const Json& entry : *v) f(entry, fmt::format("{}{} {}", where_ == "the case" ? "" : where_ + ", ", key, n++));
  }
  void end() const {
    for (const auto& [key, value] : j_.items())
      if (std::find(seen_.begin(), seen_.end(), key) == seen_.end()) throw Error(fmt::format("{}: nothing is called '{}'", where_, key));
  }

 private:
  const Json& j_;
  std::string where_;
  std::vector<std::string> seen_;
};

Json fill_json(const Fill& f) { return {{"kind", f.kind}, {"seed", f.seed}}; }

void read_fill(Reader& r, Fill& f, const std::string& where) {
  r.text("kind", f.kind);
  r.number("seed", f.seed, 0, 0xffffffff);
  if (std::find(std::begin(kFills), std::end(kFills), f.kind) == std::end(kFills))
    throw Error(fmt::format("{}: no memory is filled with '{}' ({})", where, f.kind, fmt::join(kFills, ", ")));
}

Json host_json(const HostAccess& h) {
  Json j{{"clock", h.clock}, {"do", kKinds[static_cast<unsigned>(h.kind)]}, {"at", h.at}};
  if (h.value != 0) j["value"] = h.value;
  if (h.kind >= HostAccess::Kind::read_dram || h.lane != 0 || h.bursts != 1) j["lane"] = h.lane, j["bursts"] = h.bursts;
  return j;
}

HostAccess read_host(const Json& j, const std::string& where) {
  HostAccess h;
  Reader r(j, where);
  std::string kind = kKinds[0];
  r.text("do", kind);
  const auto at = std::find(std::begin(kKinds), std::end(kKinds), kind);
  if (at == std::end(kKinds)) throw Error(fmt::format("{}: a host does not '{}'", where, kind));
  h.kind = static_cast<HostAccess::Kind>(at - std::begin(kKinds));
  const bool dram = h.kind >= HostAccess::Kind::read_dram;
  r.number("clock", h.clock, 0, 1000000000);
  r.number("at", h.at, 0, dram ? (1U << pkg::ADDR_W) - 256 : 0xfff);
  r.number("value", h.value, 0, 0xffffffff);
  r.number("lane", h.lane, 0, 7);
  r.number("bursts", h.bursts, 1, 256);
  r.end();
  return h;
}

Json run_json(const Run& run) {
  Json j;
  if (run.reset) j["reset"] = true;
  j["position"] = run.position;
  j["tokens"] = run.tokens;
  j["limit"] = run.limit;
  if (run.eos != 0) j["eos"] = run.eos;
  j["vocab"] = run.vocab;
  j["clocks"] = run.clocks;
  j["program"] = Json::array();
  for (const auto& i : run.program) j["program"].push_back(assemble(i));
  if (!run.host.empty()) j["host"] = Json::array();
  for (const auto& h : run.host) j["host"].push_back(host_json(h));
  if (run.rude) {
    j["rude"] = {{"seed", run.rude->seed}, {"from", run.rude->from}, {"until", run.rude->until}, {"ports", run.rude->ports}};
    if (run.rude->storm) j["rude"]["storm"] = true;
    if (run.rude->eager) j["rude"]["eager"] = true;
  }
  return j;
}

Run read_run(const Json& j, const std::string& where) {
  Run run;
  Reader r(j, where);
  r.flag("reset", run.reset);
  r.number("position", run.position, 0, (1U << pkg::POS_W) - 1);
  r.number("limit", run.limit, 0, (1U << pkg::POS_W) - 1);
  r.number("eos", run.eos, 0, 0xffffffff);
  r.number("vocab", run.vocab, 0, 1U << 18);
  r.number("clocks", run.clocks, 1, 100000000);
  r.each("tokens", [&](const Json& t, const std::string& at) {
    if (!t.is_number_unsigned() || t.get<std::uint64_t>() >= 1U << 18) throw Error(at + " is no token");
    run.tokens.push_back(t.get<std::uint32_t>());
  });
  if (run.tokens.size() > pkg::TOKEN_WORDS) throw Error(where + ": more tokens than the token memory holds");
  r.each("program", [&](const Json& i, const std::string& at) {
    if (!i.is_string()) throw Error(at + " is no text");
    try {
      run.program.push_back(parse_instruction(i.get<std::string>()));
    } catch (const Error& e) {
      throw Error(fmt::format("{}: {}", at, e.what()));
    }
  });
  if (run.program.size() > pkg::PROG_WORDS) throw Error(where + ": more instructions than the program memory holds");
  r.each("host", [&](const Json& h, const std::string& at) { run.host.push_back(read_host(h, at)); });
  if (const Json* rude = r.find("rude")) {
    Rude& to = run.rude.emplace();
    Reader q(*rude, where + ", rude");
    q.number("seed", to.seed, 0, 0xffffffff);
    q.number("from", to.from, 0, 1000000000);
    q.number("until", to.until, 0, 1000000000);
    q.number("ports", to.ports, 0, 7);
    q.flag("storm", to.storm);
    q.flag("eager", to.eager);
    q.end();
  }
  r.end();
  return run;
}

}  // namespace

nlohmann::ordered_json to_json(const Case& c) {
  Json j{{"format", kFormat}, {"comment", c.comment}, {"profile", c.profile}, {"lanes", c.lanes}, {"registers", c.registers}};
  if (c.columns != 1) j["columns"] = c.columns;
  if (c.others != 0) j["others"] = c.others;
  if (c.unchecked) j["unchecked"] = true;
  j["memories"] = fill_json(c.memories);
  j["regions"] = Json::array();
  for (const Region& r : c.regions) {
    Json region{{"first", r.first}, {"bursts", r.bursts}};
    region.update(fill_json(r.fill));
    if (r.skip != 0) region["skip"] = r.skip;
    if (r.lane >= 0) region["lane"] = static_cast<unsigned>(r.lane);
    j["regions"].push_back(region);
  }
  j["segments"] = Json::array();
  for (const Segment& s : c.segments) j["segments"].push_back({{"entry", s.entry}, {"addr", s.addr}, {"start", s.start}, {"units", s.units}});
  j["runs"] = Json::array();
  for (const Run& r : c.runs) j["runs"].push_back(run_json(r));
  return j;
}

namespace {

Case read_case(const Json& j) {
  Case c;
  Reader r(j, "the case");
  unsigned format = 0;
  r.number("format", format, 0, 1000000);
  if (format != kFormat) throw Error(fmt::format("'format' is not {}", kFormat));
  r.text("comment", c.comment);
  r.text("profile", c.profile);
  r.number("lanes", c.lanes, 1, 8);
  r.number("columns", c.columns, 1, pkg::MAX_COLUMNS);
  r.number("others", c.others, 0, 55);
  r.number("registers", c.registers, 0, 0xffffffff);
  r.flag("unchecked", c.unchecked);
  if (const Json* m = r.find("memories")) {
    Reader q(*m, "memories");
    read_fill(q, c.memories, "memories");
    q.end();
  }
  r.each("regions", [&](const Json& g, const std::string& at) {
    Region& to = c.regions.emplace_back();
    Reader q(g, at);
    q.number("first", to.first, 0, (1U << pkg::ADDR_W) - 1);
    q.number("bursts", to.bursts, 1, 0x100000);
    if (to.first + to.bursts > 1U << pkg::ADDR_W) throw Error(at + " ends beyond the memory");
    read_fill(q, to.fill, at);
    q.number("skip", to.skip, 0, pkg::BURST_BYTES - 1);
    q.number("lane", to.lane, 0, 7);
    q.end();
  });
  r.each("segments", [&](const Json& s, const std::string& at) {
    Segment& to = c.segments.emplace_back();
    Reader q(s, at);
    q.number("entry", to.entry, 0, pkg::SEG_ENTRIES - 1);
    q.number("addr", to.addr, 0, (1U << pkg::ADDR_W) - 1);
    q.number("start", to.start, 0, 63);
    q.number("units", to.units, 0, 0x7fff);
    q.end();
  });
  r.each("runs", [&](const Json& run, const std::string& at) { c.runs.push_back(read_run(run, at)); });
  r.end();
  return c;
}

}  // namespace

Case from_json(const nlohmann::ordered_json& j) {
  try {
    return read_case(j);
  } catch (const Error& e) {
    throw Error(model::printable(e.what(), 1000));  // words of the file stand in it
  }
}

Case load_case(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || std::filesystem::is_directory(file)) throw Error(fmt::format("{}: cannot be read", model::printable(file.string())));
  const Json j = Json::parse(text, nullptr, false);
  if (j.is_discarded()) throw Error(fmt::format("{}: is no JSON", model::printable(file.string())));
  try {
    return from_json(j);
  } catch (const Error& e) {
    throw Error(fmt::format("{}: {}", model::printable(file.string()), e.what()));
  }
}

std::string case_text(const Case& c) {
  // As dump() would, but objects and lists without others inside stay on one line.
  std::string text;
  const auto put = [&text](auto&& self, const Json& j, unsigned depth) -> void {
    bool flat = !j.is_structured() || j.empty();
    if (j.is_structured() && !flat) {
      flat = j.is_object() ? depth > 1 : true;
      for (const Json& v : j) flat = flat && !v.is_structured() && !(j.is_array() && v.is_string());
    }
    if (flat) {
      text += j.dump(-1, ' ', false, Json::error_handler_t::replace);
      return;
    }
    text += j.is_object() ? '{' : '[';
    bool first = true;
    for (const auto& [key, value] : j.items()) {
      text += first ? "\n" : ",\n";
      first = false;
      text += std::string(depth + 1, ' ');
      if (j.is_object()) text += Json(key).dump() + ": ";
      self(self, value, depth + 1);
    }
    text += "\n" + std::string(depth, ' ') + (j.is_object() ? '}' : ']');
  };
  put(put, to_json(c), 0);
  return text + "\n";
}

void save_case(const Case& c, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << case_text(c);
  out.close();
  if (!out) throw Error(fmt::format("{}: could not be written", model::printable(file.string())));
}

}  // namespace htx::random
