// SPDX-License-Identifier: Apache-2.0
#include "verif/random/assembler.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>

#include "golden/model/error.hpp"

namespace htx::random {
namespace {

struct Flag {
  unsigned bit;
  const char* name;
};
constexpr Flag kFlags[] = {{pkg::FLAG_WAIT, "WAIT"}, {pkg::FLAG_W8, "W8"}, {pkg::FLAG_ARGMAX, "ARGMAX"}, {pkg::FLAG_NOSTORE, "NOSTORE"},
                           {pkg::FLAG_PAIR, "PAIR"}, {pkg::FLAG_POS, "POS"}, {pkg::FLAG_BSCALAR, "BSCALAR"}, {pkg::FLAG_BPERIOD, "BPERIOD"},
                           {pkg::FLAG_SWAP, "SWAP"}, {pkg::FLAG_EXPERT, "EXPERT"}};
constexpr Flag kModes[] = {{pkg::Q_ACT, "ACT"}, {pkg::Q_QRY, "QRY"}, {pkg::Q_KEY, "KEY"}, {pkg::Q_VAL, "VAL"}};
constexpr unsigned kMode = 3U << pkg::FLAG_QMODE;

/// A number in decimal or 0x hex that fits, or nothing.
std::optional<unsigned> number(std::string_view text, unsigned most) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return {};
  return value;
}

/// "19" or, with a register, "19+r1".
template <class F, class R>
bool operand(std::string_view text, F& field, R& reg) {
  if (const auto plus = text.find("+r"); plus != std::string_view::npos) {
    const auto r = number(text.substr(plus + 2), pkg::NREG - 1);
    if (!r) return false;
    reg = static_cast<R>(*r);
    text = text.substr(0, plus);
  }
  const auto v = number(text, 0xffff);
  if (v) field = static_cast<F>(*v);
  return v.has_value();
}

template <class F>
bool plain(std::string_view text, F& field, unsigned most) {
  const auto v = number(text, most);
  if (v) field = static_cast<F>(*v);
  return v.has_value();
}

bool field(pkg::instr_t& i, std::string_view name, std::string_view value) {
  if (name == "a") return operand(value, i.a, i.ra);
  if (name == "b") return operand(value, i.b, i.rb);
  if (name == "d") return operand(value, i.d, i.rd);
  if (name == "rd") return plain(value, i.rd, pkg::NREG - 1);
  if (name == "n") return plain(value, i.n, 0xffff);
  if (name == "e") return plain(value, i.e, 0xffff);
  if (name == "elem") return plain(value, i.elem, 31);
  if (name == "cols") return plain(value, i.cols, pkg::MAX_COLUMNS - 1);
  if (name == "spare") return plain(value, i.spare, 127);
  unsigned more = 0;
  if (name == "flags" && plain(value, more, 0xffff)) {
    i.flags = static_cast<std::uint16_t>(i.flags | more);
    return true;
  }
  return false;
}

bool opcode(pkg::instr_t& i, const std::string& name) {
  if (name.size() == 3 && name[0] == '?') return plain("0x" + name.substr(1), i.op, 255);
  for (unsigned code = 0; code < 256; ++code) {
    const char* known = pkg::op_e_name(code);
    if (known != nullptr && name == known + 3) {  // without "OP_"
      i.op = static_cast<std::uint8_t>(code);
      return true;
    }
  }
  return false;
}

}  // namespace

std::string assemble(const pkg::instr_t& i) {
  const char* name = pkg::op_e_name(i.op);
  std::string s = name != nullptr ? name + 3 : fmt::format("?{:02x}", i.op);
  const auto put = [&s](const char* what, unsigned value, unsigned reg = 0) {
    if (value != 0 || reg != 0) s += fmt::format(" {}={}{}", what, value, reg != 0 ? fmt::format("+r{}", reg) : "");
  };
  put("a", i.a, i.ra);
  put("b", i.b, i.rb);
  if (i.d == 0 && (i.op == pkg::OP_LDI || i.op == pkg::OP_ADDI)) put("rd", i.rd);  // a target, not an index
  else put("d", i.d, i.rd);
  put("n", i.n);
  put("e", i.e);
  put("elem", i.elem);
  put("cols", i.cols);
  put("spare", i.spare);
  unsigned left = i.flags;
  for (const Flag& f : kFlags) {
    if ((left >> f.bit & 1) != 0) s += fmt::format(" {}", f.name);
    left &= ~(1U << f.bit);
  }
  if (i.op == pkg::OP_VQUANT || (left & kMode) != 0) s += fmt::format(" {}", kModes[left >> pkg::FLAG_QMODE & 3].name);
  left &= ~kMode;
  if (left != 0) s += fmt::format(" flags={:#x}", left);
  return s;
}

pkg::instr_t parse_instruction(const std::string& text) {
  pkg::instr_t i;
  std::istringstream words(text);
  std::string word;
  if (!(words >> word) || !opcode(i, word)) throw Error(fmt::format("'{}': no instruction is called '{}'", text, word));
  while (words >> word) {
    bool good = false;
    if (const auto equals = word.find('='); equals != std::string::npos) {
      good = field(i, std::string_view(word).substr(0, equals), std::string_view(word).substr(equals + 1));
    } else {
      for (const Flag& f : kFlags)
        if (word == f.name) good = true, i.flags = static_cast<std::uint16_t>(i.flags | 1U << f.bit);
      for (const Flag& m : kModes)
        if (word == m.name) good = true, i.flags = static_cast<std::uint16_t>(i.flags | m.bit << pkg::FLAG_QMODE);
    }
    if (!good) throw Error(fmt::format("'{}': what is '{}'?", text, word));
  }
  return i;
}

}  // namespace htx::random
