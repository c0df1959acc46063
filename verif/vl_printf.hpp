// SPDX-License-Identifier: Apache-2.0
// Included before every file of a Verilated chip: what the simulator would print goes to verif/rtl_machine.cpp, because
// standard output belongs to the decoded text.
#pragma once

int htx_vl_printf(const char* format, ...);
