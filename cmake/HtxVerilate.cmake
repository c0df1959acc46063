# htx_verilate(NAME TOP SOURCES f.sv... [PROBES block.probe=instance.path ...] [ARGS ...]):
# a static library NAME holding the Verilated model V<TOP>. With PROBES, the signals that golden/chip/block.probe lists
# stay readable, and "htx/rtl/NAME.hpp" (namespace htx::verif::rtl_V<TOP>) has read(model, copy, probe) for each block;
# the path is below TOP, '' for TOP itself, and name[*8] stands for 8 copies.
# The Verilator that PATH finds, as the scripts call it: block benches and chip must not come from two versions.
execute_process(COMMAND verilator --getenv VERILATOR_ROOT OUTPUT_VARIABLE verilator_root OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(POLICY CMP0144)  # since CMake 3.27; the folder is said below, whatever VERILATOR_ROOT holds
  cmake_policy(SET CMP0144 NEW)
endif()
unset(verilator_DIR CACHE)
find_package(verilator REQUIRED PATHS ${verilator_root} NO_DEFAULT_PATH)
set(HTX_GEN ${CMAKE_SOURCE_DIR}/scripts/gen)
set(HTX_GENERATED ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${HTX_GENERATED}/htx/probe ${HTX_GENERATED}/htx/rtl)

# The packages that RTL and C++ share, and one struct for each probe list.
set(_headers)
foreach(package common/htx_pkg fp/htx_fp_pkg lane/htx_lane_pkg)
  string(REGEX REPLACE ".*/htx_" "" name ${package})
  add_custom_command(OUTPUT ${HTX_GENERATED}/htx/${name}.hpp
    COMMAND ${HTX_PYTHON} ${HTX_GEN}/sv_to_hpp.py ${CMAKE_SOURCE_DIR}/rtl/${package}.sv htx::${name} ${HTX_GENERATED}/htx/${name}.hpp
    DEPENDS ${HTX_GEN}/sv_to_hpp.py ${CMAKE_SOURCE_DIR}/rtl/${package}.sv)
  list(APPEND _headers ${HTX_GENERATED}/htx/${name}.hpp)
endforeach()
file(GLOB _probes CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/golden/chip/*.probe)
foreach(probe ${_probes})
  get_filename_component(block ${probe} NAME_WE)
  add_custom_command(OUTPUT ${HTX_GENERATED}/htx/probe/${block}.hpp
    COMMAND ${HTX_PYTHON} ${HTX_GEN}/probes.py struct ${HTX_GENERATED}/htx/probe/${block}.hpp ${probe}
    DEPENDS ${HTX_GEN}/probes.py ${probe} ${CMAKE_SOURCE_DIR}/rtl/common/htx_pkg.sv)
  list(APPEND _headers ${HTX_GENERATED}/htx/probe/${block}.hpp)
endforeach()
set(_lpddr5 ${CMAKE_SOURCE_DIR}/rtl/dram)
add_custom_command(OUTPUT ${HTX_GENERATED}/htx/lpddr5.hpp
  COMMAND ${HTX_PYTHON} ${HTX_GEN}/lpddr5.py hpp ${HTX_GENERATED}/htx/lpddr5.hpp ${_lpddr5}
  DEPENDS ${HTX_GEN}/lpddr5.py ${_lpddr5}/timings.toml ${_lpddr5}/commands.toml)
list(APPEND _headers ${HTX_GENERATED}/htx/lpddr5.hpp)
add_custom_target(htx_generated DEPENDS ${_headers})

include(HtxCoverage)

function(htx_verilate name top)
  cmake_parse_arguments(A "" "" "SOURCES;ARGS;PROBES" ${ARGN})
  add_library(${name} STATIC)
  add_dependencies(${name} htx_generated)
  target_compile_options(${name} PRIVATE -w)
  set(vlt)
  if(A_PROBES)
    set(vlt ${HTX_GENERATED}/htx/rtl/${name}.vlt)
    set(pairs)
    set(files)
    foreach(pair ${A_PROBES})
      string(REGEX MATCH "^([^=]*)=(.*)$" _ "${pair}")
      list(APPEND pairs "${CMAKE_SOURCE_DIR}/golden/chip/${CMAKE_MATCH_1}=${CMAKE_MATCH_2}")
      list(APPEND files "${CMAKE_SOURCE_DIR}/golden/chip/${CMAKE_MATCH_1}")
    endforeach()
    # at configure time, because verilate() runs Verilator then
    execute_process(COMMAND ${HTX_PYTHON} ${HTX_GEN}/probes.py vlt ${vlt} ${files} COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${HTX_PYTHON} ${HTX_GEN}/probes.py reader ${HTX_GENERATED}/htx/rtl/${name}.hpp V${top} ${top} ${pairs}
      COMMAND_ERROR_IS_FATAL ANY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files} ${HTX_GEN}/probes.py)
  endif()
  set(fast -O3)
  set(slow -O1)
  htx_coverage(${name} A_SOURCES A_ARGS fast slow)
  verilate(${name} SOURCES ${CMAKE_SOURCE_DIR}/scripts/lint_waivers.vlt ${vlt} ${A_SOURCES} TOP_MODULE ${top} PREFIX V${top}
    OPT_FAST "${fast}" OPT_SLOW "${slow}"
    VERILATOR_ARGS -O3 --x-assign fast --x-initial unique --assert --no-timing -Wall ${A_ARGS})
endfunction()
