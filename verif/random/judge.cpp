// SPDX-License-Identifier: Apache-2.0
#include "verif/random/judge.hpp"

#include <fmt/format.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>

#include "golden/model/error.hpp"
#include "verif/random/session.hpp"
#include "verif/rtl_library.hpp"

namespace htx::random {
namespace {

using Json = nlohmann::json;

Json to_json(const Outcome& o) {
  Json j{{"clocks", o.clocks}, {"counts", o.counts}};
  if (const auto& f = o.failure) j["failure"] = {{"kind", f->kind}, {"block", f->block}, {"signal", f->signal}, {"clock", f->clock}, {"report", f->report}};
  return j;
}

Outcome from_json(const Json& j) {
  Outcome o;
  o.clocks = j.at("clocks");
  o.counts = j.at("counts");
  if (j.contains("failure")) {
    const Json& f = j.at("failure");
    o.failure = Failure{f.at("kind"), f.at("block"), f.at("signal"), f.at("clock"), f.at("report")};
  }
  return o;
}

void send(int pipe, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(pipe, text.data() + at, text.size() - at);
    if (n <= 0) ::_exit(1);
    at += static_cast<std::size_t>(n);
  }
}

/// What the process writes until it closes the pipe or the time is over (false).
bool receive(int pipe, unsigned seconds, std::string& text) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd p{pipe, POLLIN, 0};
    const int ready = ::poll(&p, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    char buffer[65536];
    const ssize_t n = ::read(pipe, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

verif::RtlMachine& Judge::machine(const Case& c) {
  verif::RtlMachine*& m = machines_[{c.lanes, c.columns, c.registers}];
  if (m == nullptr) {
    const std::string library = options_.library(c.lanes, c.columns);
    if (library.empty()) throw Error(fmt::format("there is no Verilated chip with {} lane{} of {} column{}", c.lanes, c.lanes == 1 ? "" : "s", c.columns, c.columns == 1 ? "" : "s"));
    m = verif::load_rtl(library, c.registers, options_.plusarg).release();
    if (m->columns() != c.columns) throw Error(fmt::format("{}: has {} columns, not {}", library, m->columns(), c.columns));
    if (m->lanes() != c.lanes) throw Error(fmt::format("{}: has {} lanes, not {}", library, m->lanes(), c.lanes));
  }
  return *m;
}

Outcome Judge::run(const Case& c, const verif::TriageOptions* triage, const std::string& replay) {
  verif::RtlMachine& rtl = machine(c);
  const std::string library = options_.library(c.lanes, c.columns);
  const std::string origin = fmt::format("  build       {}, RTL {}, registers from seed {}\n  replay      {}\n", library, verif::made_from(library), c.registers, replay);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error("no pipe for a process of its own");
  std::fflush(nullptr);
  const pid_t parent = ::getpid(), pid = ::fork();
  if (pid < 0) throw Error("no process of its own for a case");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    ::close(ends[0]);
    std::string text;
    try {
      text = to_json(Session(c, rtl, triage, origin, replay).run()).dump(-1, ' ', false, Json::error_handler_t::replace);
    } catch (const std::exception& e) {
      text = Json{{"error", e.what()}}.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    send(ends[1], text);
    rtl.leave();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  const bool in_time = receive(ends[0], options_.seconds, text);
  ::close(ends[0]);
  if (!in_time) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Outcome out;
  if (!in_time) {
    out.failure = Failure{"timeout", "", "", 0, fmt::format("TIMEOUT: the simulation did not end within {} seconds\n{}", options_.seconds, origin)};
  } else if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    out.failure = Failure{"crash", "", name != nullptr ? name : "?", 0, fmt::format("CRASH of the simulation: SIG{}\n{}", name != nullptr ? name : "?", origin)};
  } else {
    const Json j = Json::parse(text, nullptr, false);
    if (j.is_discarded()) throw Error("the process of a case ended without a word");
    if (j.contains("error")) throw Error(j.at("error"));
    out = from_json(j);
  }
  return out;
}

}  // namespace htx::random
