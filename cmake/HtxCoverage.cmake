# A build with coverage (docs/coverage.md); scripts/coverage configures a folder of its own with it.
option(HTX_COVERAGE "measure line, toggle, FSM and functional coverage" OFF)
set(HTX_COVERAGE_HOME ${CMAKE_SOURCE_DIR}/verif/coverage)

# With HTX_COVERAGE: adds the cover points of the modules among the sources, monitors on their signals, and what writes the counters.
function(htx_coverage name sources args opt)
  if(NOT HTX_COVERAGE)
    return()
  endif()
  set(monitors ${HTX_GENERATED}/coverage/${name}.sv)
  execute_process(COMMAND ${HTX_PYTHON} ${HTX_COVERAGE_HOME}/monitors.py ${monitors} ${${sources}} COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${${sources}} ${HTX_COVERAGE_HOME}/monitors.py ${HTX_COVERAGE_HOME}/rtl.py)
  set(more ${HTX_COVERAGE_HOME}/htx_toggle.sv ${HTX_COVERAGE_HOME}/htx_toggle_comb.sv ${HTX_COVERAGE_HOME}/htx_fsm.sv ${monitors})
  foreach(file ${${sources}})
    get_filename_component(module ${file} NAME_WE)
    file(GLOB own CONFIGURE_DEPENDS ${HTX_COVERAGE_HOME}/points/${module}_cover.sv)
    list(APPEND more ${own})
  endforeach()
  set(${sources} ${${sources}} ${more} PARENT_SCOPE)
  set(${opt} -O1 PARENT_SCOPE)  # compiling costs more than these runs
  set(${args} ${${args}} --coverage-line --coverage-user -Wno-fatal PARENT_SCOPE)
  target_sources(${name} INTERFACE ${CMAKE_SOURCE_DIR}/verif/coverage/runtime.cpp)
  target_link_options(${name} INTERFACE LINKER:--wrap=_ZN13VerilatedSymsD2Ev)
endfunction()
