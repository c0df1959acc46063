// SPDX-License-Identifier: Apache-2.0
// Twin of htx_turns (docs/blocks/lane.md): whose turn it is among a lane's columns.
#pragma once
#include "htx/probe/turns.hpp"

namespace htx::chip {

/// Two turns that go round columns 0 to the last of a command: of result words and of messages to the tree.
class Turns {
 public:
  unsigned word() const { return word_; }  ///< the column whose word is shown
  unsigned message() const { return message_; }
  /// A word of the column whose turn it is was taken; `last`: the command has no further column.
  void word_taken(bool last) { word_ = last ? 0 : word_ + 1; }
  /// A column's last message of a command was taken.
  void message_taken(bool last) { message_ = last ? 0 : message_ + 1; }
  void reset() { word_ = message_ = 0; }
  void probe(probe::turns& p) const {
    p.word_turn = word_;
    p.msg_turn = message_;
  }

 private:
  unsigned word_ = 0, message_ = 0;
};

}  // namespace htx::chip
