// SPDX-License-Identifier: Apache-2.0
#include "verif/dram/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "golden/model/error.hpp"

namespace htx::dram {
namespace {

constexpr std::size_t kBuffer = 1 << 20, kLongest = 1000;
constexpr std::int64_t kLatest = std::int64_t{1} << 52;  // CK; 65 days, and times sixteen still a number

/// A word of the input as a message may show it.
std::string shown(std::string_view s) {
  std::string out;
  for (const char c : s.substr(0, 40)) out += c >= ' ' && c < 127 ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return "'" + out + (s.size() > 40 ? "...'" : "'");
}

/// Takes the next word off the front of `s`; empty when there is none.
std::string_view take(std::string_view& s) {
  std::size_t a = 0;
  while (a < s.size() && (s[a] == ' ' || s[a] == '\t')) ++a;
  std::size_t b = a;
  while (b < s.size() && s[b] != ' ' && s[b] != '\t') ++b;
  const std::string_view word = s.substr(a, b - a);
  s.remove_prefix(b);
  return word;
}

/// Decimal, or hexadecimal after 0x; nothing when it is no number or above `most`.
std::optional<std::int64_t> number(std::string_view s, std::int64_t most) {
  int base = 10;
  if (s.size() > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
    base = 16;
    s.remove_prefix(2);
  }
  if (s.empty()) return {};
  std::int64_t v = 0;
  for (const char c : s) {
    const int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
    if (d >= base) return {};
    v = v * base + d;
    if (v > most) return {};
  }
  return v;
}

struct Name {
  std::string_view word;
  Op op;
  bool ab, rfm;
};

/// The table's names, those that carry AB and RFM, and PDX, which is any NOP in power-down.
constexpr auto kWords = [] {
  std::array<Name, kOps - 1 + 7> all{};
  for (int i = 1; i < kOps; ++i) all[static_cast<std::size_t>(i - 1)] = {kOpNames[static_cast<std::size_t>(i)], static_cast<Op>(i), false, false};
  const Name more[] = {{"PREpb", Op::PRE, false, false}, {"PREab", Op::PRE, true, false}, {"REFpb", Op::REF, false, false}, {"REFab", Op::REF, true, false},
                       {"RFMpb", Op::REF, false, true},  {"RFMab", Op::REF, true, true},  {"PDX", Op::NOP, false, false}};
  for (std::size_t i = 0; i < 7; ++i) all[kOps - 1 + i] = more[i];
  return all;
}();

const Name* find_name(std::string_view word) {
  for (const Name& n : kWords)
    if (n.word == word) return &n;
  return nullptr;
}

constexpr std::string_view kFields[] = {"bg", "ba", "row", "col", "ma", "op", "ap", "ab", "sb", "rfm", "ws_wr", "ws_rd", "ws_fs", "dsm", "pd"};
constexpr std::int64_t kMost[] = {kBankGroups - 1, kBanksPerGroup - 1, (1 << 18) - 1, kColumns - 1, 127, 255, 1, 1, 1, 1, 1, 1, 1, 1, 1};

void set_field(Fields& f, int i, unsigned v) {
  switch (i) {
    case 0: f.bg = static_cast<std::uint8_t>(v); break;
    case 1: f.ba = static_cast<std::uint8_t>(v); break;
    case 2: f.row = v; break;
    case 3: f.col = static_cast<std::uint8_t>(v); break;
    case 4: f.ma = static_cast<std::uint8_t>(v); break;
    case 5: f.op = static_cast<std::uint8_t>(v); break;
    default: {
      bool* const flags[] = {&f.ap, &f.ab, &f.sb, &f.rfm, &f.ws_wr, &f.ws_rd, &f.ws_fs, &f.dsm, &f.pd};
      *flags[i - 6] = v != 0;
    }
  }
}

std::pair<std::string_view, std::string_view> split(std::string_view word) {
  const std::size_t eq = word.find('=');
  return eq == std::string_view::npos ? std::pair{word, std::string_view{}} : std::pair{word.substr(0, eq), word.substr(eq + 1)};
}

}  // namespace

TraceReader::TraceReader(std::string name, Source source) : name_(std::move(name)), source_(std::move(source)), buffer_(new char[kBuffer]) {
  std::string_view text;
  while (read_line(text)) {
    std::string_view rest = text;
    if (take(rest) == "config") {
      config_line(rest);
    } else {
      first_ = body_line(text);
      return;
    }
  }
  if (line_ == 0) fail("empty; a trace has at least one command");
}

TraceReader::~TraceReader() = default;

void TraceReader::fail(const std::string& why) const { throw Error(fmt::format("{}:{}: {}", name_, line_, why)); }

bool TraceReader::fill(std::size_t from) {
  std::memmove(buffer_.get(), buffer_.get() + from, end_ - from);
  end_ -= from;
  at_ = 0;
  const std::size_t got = eof_ ? 0 : source_(buffer_.get() + end_, kBuffer - end_);
  eof_ = got == 0;
  end_ += got;
  return got != 0;
}

/// The next line with anything in it, without comment, blanks and line end.
bool TraceReader::read_line(std::string_view& text) {
  for (;;) {
    const char* const from = buffer_.get() + at_;
    const void* const found = std::memchr(from, '\n', end_ - at_);
    if (!found && end_ - at_ <= kLongest && fill(at_)) continue;
    if (!found && at_ == end_) return false;
    const std::size_t length = found ? static_cast<std::size_t>(static_cast<const char*>(found) - from) : end_ - at_;
    ++line_;
    if (length > kLongest) fail(fmt::format("a line of more than {} characters", kLongest));
    at_ += length + (found ? 1 : 0);
    text = std::string_view(buffer_.get() + at_ - length - (found ? 1 : 0), length);
    if (const void* const hash = std::memchr(text.data(), '#', text.size())) text = text.substr(0, static_cast<std::size_t>(static_cast<const char*>(hash) - text.data()));
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    if (!text.empty()) return true;
  }
}

void TraceReader::config_line(std::string_view words) {
  const auto one_of = [&](std::string_view key, std::string_view value, std::initializer_list<std::string_view> all) {
    const auto* const at = std::find(all.begin(), all.end(), value);
    if (at == all.end()) fail(fmt::format("{}={}: known are {}", key, shown(value), fmt::join(all, ", ")));
    return static_cast<int>(at - all.begin());
  };
  for (std::string_view word = take(words); !word.empty(); word = take(words)) {
    const auto [key, value] = split(word);
    if (key == "density") config_.density = kDensities[static_cast<std::size_t>(one_of(key, value, {"8", "16", "32"}))];
    else if (key == "ranks") config_.ranks = 1 + one_of(key, value, {"1", "2"});
    else if (key == "rl") config_.rl_set = one_of(key, value, {"0", "1", "2"});
    else if (key == "wl") config_.wl_set = "AB"[one_of(key, value, {"A", "B"})];
    else if (key == "odt") config_.odt = one_of(key, value, {"off", "on"}) != 0;
    else if (key == "wck") config_.always_on = one_of(key, value, {"sync", "always_on"}) != 0;
    else if (key == "init") config_.power_up = one_of(key, value, {"done", "full"}) != 0;
    else if (key == "ck_ps") one_of(key, value, {"1250"});
    else if (key == "raaimt" || key == "raammt") {
      const auto v = number(value, 100000);
      if (!v) fail(fmt::format("{}={}: not a number up to 100000", key, shown(value)));
      (key == "raaimt" ? config_.raaimt : config_.raammt) = static_cast<int>(*v);
    } else {
      fail(fmt::format("{}: no such setting; known are density, ranks, rl, wl, odt, wck, init, ck_ps, raaimt, raammt", shown(key)));
    }
  }
}

Event TraceReader::body_line(std::string_view words) {
  const std::string_view time = take(words), word = take(words);
  const auto ck = number(time, kLatest);
  if (!ck) fail(fmt::format("{} is not a clock; a line is CK COMMAND rank=...", shown(time)));
  if (*ck < ck_) fail(fmt::format("CK {} after CK {}: time goes back", *ck, ck_));
  ck_ = *ck;
  Event e;
  e.command.ck = *ck;
  const Name* const name = find_name(word);
  if (name) {
    e.command.op = name->op;
    e.command.f.ab = name->ab;
    e.command.f.rfm = name->rfm;
  } else if (word == "TEMP") {
    e.kind = Event::Kind::temperature;
  } else if (word == "RESET") {
    e.kind = Event::Kind::reset;
  } else if (word == "END") {
    e.kind = Event::Kind::end;
  } else if (word != "CA") {
    fail(fmt::format("{}: no such command", shown(word)));
  }
  const bool pins = word == "CA";
  const unsigned carried = name ? kFieldsOf[static_cast<std::size_t>(name->op)] : 0;
  unsigned given = 0;
  bool rank = false, code = false, level = false;
  for (std::string_view part = take(words); !part.empty(); part = take(words)) {
    const auto [key, value] = split(part);
    const bool bare = key.size() == part.size();
    if (key == "rank" && e.kind != Event::Kind::reset && e.kind != Event::Kind::end) {
      if (value == "all") e.command.ranks = 3;
      else if (const auto v = number(value, kRanks - 1)) e.command.ranks = static_cast<std::uint8_t>(1 << *v);
      else fail(fmt::format("rank={}: 0, 1 or all", shown(value)));
      if (rank) fail("rank twice");
      rank = true;
      continue;
    }
    if (pins && key == "ca") {
      const auto v = number(value, (1 << 14) - 1);
      if (!v || code) fail(fmt::format("ca={}: one number of 14 bits, the falling edge's above the rising edge's", shown(value)));
      e.command = from_pins(e.command.ck, e.command.ranks, static_cast<unsigned>(*v));
      code = true;
      continue;
    }
    if (e.kind == Event::Kind::temperature && key == "refresh") {
      constexpr std::pair<std::string_view, int> known[] = {{"0.125", 1}, {"0.25", 2}, {"0.5", 4}, {"1", 8}, {"2", 16}, {"4", 32}};
      const auto* const at = std::find_if(std::begin(known), std::end(known), [&, v = value](const auto& k) { return k.first == v; });
      if (at == std::end(known)) fail(fmt::format("refresh={}: 0.125, 0.25, 0.5, 1, 2 or 4 times tREFI", shown(value)));
      e.refresh_eighths = at->second;
      continue;
    }
    if ((e.kind == Event::Kind::temperature && key == "hot") || (e.kind == Event::Kind::reset && key == "level")) {
      const auto v = number(value, 1);
      if (!v) fail(fmt::format("{}={}: 0 or 1", key, shown(value)));
      (key == "hot" ? e.hot : e.level) = *v != 0;
      level = true;
      continue;
    }
    int i = 0;
    while (i < 15 && (kFields[i] != key || !(carried >> i & 1))) ++i;
    if (i == 15) fail(fmt::format("{} has no {}", word, shown(key)));
    const std::int64_t most = i == 0 && e.command.op == Op::REF ? 1 : kMost[i];  // a pair is named by its lower bank
    const auto v = bare && i >= 6 ? std::optional<std::int64_t>(1) : number(value, most);
    if (!v) fail(fmt::format("{}={}: not a number up to {}", key, shown(value), most));
    if (given >> i & 1) fail(fmt::format("{} twice", key));
    given |= 1u << i;
    set_field(e.command.f, i, static_cast<unsigned>(*v) | ((i == 7 && name->ab) || (i == 9 && name->rfm) ? 1u : 0u));
  }
  if (e.kind == Event::Kind::reset && !level) fail("RESET needs level=0 or level=1");
  if (pins && !code) fail("CA needs ca=");
  if (e.kind == Event::Kind::command && !pins) {
    if (!rank) fail(fmt::format("{} needs rank=", word));
    unsigned needed = carried & 0x3f;                       // the numbers; flags may be left out
    if (e.command.f.ab) needed &= ~3u;                      // all banks: none in particular
    if (e.command.op == Op::ACT2) needed &= ~4u;            // the lower row bits decide nothing
    if (e.command.op == Op::REF && !e.command.f.ab) needed = 3;
    for (int i = 0; i < 6; ++i)
      if (needed >> i & 1 && !(given >> i & 1)) fail(fmt::format("{} needs {}=", word, kFields[i]));
    if (e.command.op == Op::WR32 && e.command.f.col & 1) fail(fmt::format("{}: col={} is odd; two bursts begin at an even one", word, e.command.f.col));
  }
  return e;
}

bool TraceReader::next(Event& event) {
  if (first_) {
    event = *first_;
    first_.reset();
    return true;
  }
  std::string_view text;
  if (!read_line(text)) return false;
  event = body_line(text);
  return true;
}

TraceReader::Source text_source(std::string_view text) {
  return [text](char* to, std::size_t size) mutable {
    const std::size_t n = std::min(size, text.size());
    std::memcpy(to, text.data(), n);
    text.remove_prefix(n);
    return n;
  };
}

TraceReader::Source file_source(const std::string& path) {
  std::FILE* const f = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (!f) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
  std::shared_ptr<std::FILE> held(f, [](std::FILE* p) {
    if (p != stdin) std::fclose(p);
  });
  return [held, path](char* to, std::size_t size) {
    const std::size_t n = std::fread(to, 1, size, held.get());
    if (n == 0 && std::ferror(held.get())) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
    return n;
  };
}

std::string config_line(const Config& c) {
  std::string s = fmt::format("config density={} ranks={} rl={} wl={} odt={} wck={} init={}", c.density, c.ranks, c.rl_set, c.wl_set, c.odt ? "on" : "off",
                              c.always_on ? "always_on" : "sync", c.power_up ? "full" : "done");
  return c.raaimt ? s + fmt::format(" raaimt={} raammt={}", c.raaimt, c.raammt) : s;
}

}  // namespace htx::dram
