// SPDX-License-Identifier: Apache-2.0
// Case after case, until one fails; and what is then made of it.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "verif/random/judge.hpp"
#include "verif/random/options.hpp"

namespace htx::random {

class Campaign {
 public:
  explicit Campaign(const Options& options);

  /// Cases drawn from the seed. The JSON that the program prints.
  nlohmann::ordered_json draw();
  /// Cases from files, each of them to its end.
  nlohmann::ordered_json replay();
  /// Writes the drawn cases as files.
  nlohmann::ordered_json write() const;

 private:
  std::string library(unsigned lanes, unsigned columns) const;
  unsigned lanes();
  std::string command(const std::string& file, const Case& c) const;
  /// The command that draws up to this case again.
  std::string drawn(unsigned number) const;
  std::string folder() const;
  void take(const Outcome& o);
  nlohmann::ordered_json result(bool ok) const;
  /// Shrinks, leaves the folder, and adds to the result.
  void failed(const Case& c, const Failure& f, nlohmann::ordered_json& j);
  Case smaller(const Case& c, const Failure& f, nlohmann::ordered_json& j);

  const Options& options_;
  Judge judge_;
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t clocks_ = 0;
  unsigned cases_ = 0;
};

/// True once the user has pressed Ctrl-C.
bool interrupted();

}  // namespace htx::random
