// SPDX-License-Identifier: Apache-2.0
// Reads a command trace (docs/lpddr5.md has the format), a line at a time: a file of any size takes the same memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "verif/dram/command.hpp"
#include "verif/dram/config.hpp"

namespace htx::dram {

/// One line of the body.
struct Event {
  enum class Kind { command, temperature, reset, end } kind = Kind::command;
  Command command;              // its ck is every kind's time; its ranks are temperature's, too
  int refresh_eighths = 8;      // temperature: the interval of refresh, in eighths of tREFI: 1, 2, 4, 8, 16, 32
  bool hot = false;             // temperature: derated timing
  bool level = false;           // reset: RESET_n
};

class TraceReader {
 public:
  /// Fills a buffer of `size` bytes; 0 at the end.
  using Source = std::function<std::size_t(char* to, std::size_t size)>;
  /// Reads up to the first line of the body. `name` stands in messages. Throws htx::Error, "name:line: what is wrong".
  TraceReader(std::string name, Source source);
  ~TraceReader();

  const Config& config() const { return config_; }
  /// The next event, in order of time; false at the end.
  bool next(Event& event);
  std::int64_t line() const { return line_; }
  /// Time of the last event.
  std::int64_t ck() const { return ck_; }

 private:
  bool read_line(std::string_view& text);
  bool fill(std::size_t from);
  [[noreturn]] void fail(const std::string& why) const;
  void config_line(std::string_view words);
  Event body_line(std::string_view words);

  std::string name_;
  Source source_;
  Config config_;
  std::unique_ptr<char[]> buffer_;
  std::size_t at_ = 0, end_ = 0;
  bool eof_ = false;
  std::int64_t line_ = 0, ck_ = 0;
  std::optional<Event> first_;
};

/// A source over a file, "-" for standard input. Throws htx::Error when it cannot be opened or read.
TraceReader::Source file_source(const std::string& path);
/// A source over text that outlives it.
TraceReader::Source text_source(std::string_view text);
/// The configuration as the first line of a trace.
std::string config_line(const Config& c);

}  // namespace htx::dram
