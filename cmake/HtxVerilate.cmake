# htx_verilate(NAME TOP SOURCES... [ARGS ...]): a static library NAME holding the Verilated model V<TOP> of the
# given SystemVerilog sources; include "V<TOP>.h" after linking to it.
find_package(verilator REQUIRED HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator)

function(htx_verilate name top)
  cmake_parse_arguments(A "" "PREFIX" "SOURCES;ARGS" ${ARGN})
  if(NOT A_PREFIX)
    set(A_PREFIX V${top})
  endif()
  add_library(${name} STATIC)
  target_compile_options(${name} PRIVATE -w)
  verilate(${name} SOURCES ${A_SOURCES} TOP_MODULE ${top} PREFIX ${A_PREFIX}
    OPT_FAST "-O3" OPT_SLOW "-O1"
    VERILATOR_ARGS -O3 --x-assign fast --x-initial unique --assert --no-timing -Wall -Wno-fatal
                   -I${CMAKE_SOURCE_DIR}/rtl/common -I${CMAKE_SOURCE_DIR}/rtl/fp ${A_ARGS})
endfunction()
