// SPDX-License-Identifier: Apache-2.0
// fst_list FILE: first and last time of an FST, then every signal with its scope, as viewers name it.
#include <cstdio>
#include <string>
#include <vector>

#include "fstapi.h"

int main(int argc, char** argv) {
  void* f = argc == 2 ? fstReaderOpen(argv[1]) : nullptr;
  if (f == nullptr) {
    std::fprintf(stderr, "usage: fst_list FILE, a readable FST\n");
    return 2;
  }
  std::printf("%llu %llu\n", static_cast<unsigned long long>(fstReaderGetStartTime(f)), static_cast<unsigned long long>(fstReaderGetEndTime(f)));
  std::vector<std::string> scopes;
  while (const fstHier* h = fstReaderIterateHier(f)) {
    if (h->htyp == FST_HT_SCOPE) scopes.emplace_back(h->u.scope.name);
    if (h->htyp == FST_HT_UPSCOPE) scopes.pop_back();
    if (h->htyp != FST_HT_VAR) continue;
    std::string name;
    for (const std::string& s : scopes) name += s + ".";
    std::printf("%s%s\n", name.c_str(), h->u.var.name);
  }
  fstReaderClose(f);
}
