// SPDX-License-Identifier: Apache-2.0
// Any bytes as an LPDDR5 command trace: read and checked, or refused in one line; a command that was read is written and read the same.
#include "tests/fuzz/fuzz.hpp"
#include "verif/dram/checker.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace htx;
  std::uint64_t told = 0;
  try {
    dram::TraceReader reader("trace", dram::text_source({reinterpret_cast<const char*>(data), size}));
    dram::Checker checker(reader.config(), [&](const dram::Finding& f) {
      ++told;
      fuzz::require(!f.message.empty() && f.message.find('\n') == std::string::npos, "a finding without words, or in two lines");
    });
    for (dram::Event e; reader.next(e);) {
      checker.event(e);
      if (e.kind != dram::Event::Kind::command || e.command.op == dram::Op::DES) continue;
      const std::string line = dram::trace_line(e.command);
      dram::Event again;
      fuzz::require(dram::TraceReader("line", dram::text_source(line)).next(again) && again.command == e.command, "a command that was read is not written the same");
    }
    checker.finish(reader.ck());
    fuzz::require(told == checker.findings(), "findings are not counted as they are told");
  } catch (const Error& e) {
    fuzz::one_line(e);
  }
  return 0;
}
