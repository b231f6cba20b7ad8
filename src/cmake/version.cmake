# Says which version this is: of a commit with a tag such as v0.2.0 that version, of a later one also how much later
# (0.2.0+14.g1a2b3c4), without tags the project's version and the commit. Knows nothing of what is built.

set(CORUN_VERSION ${PROJECT_VERSION})
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} describe --tags --match v[0-9]* --long --always
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE described
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(described MATCHES "^v([0-9][0-9.]*)-0-g[0-9a-f]+$")
    set(CORUN_VERSION ${CMAKE_MATCH_1})
  elseif(described MATCHES "^v([0-9][0-9.]*)-([0-9]+)-(g[0-9a-f]+)$")
    set(CORUN_VERSION ${CMAKE_MATCH_1}+${CMAKE_MATCH_2}.${CMAKE_MATCH_3})
  elseif(described MATCHES "^[0-9a-f]+$")
    set(CORUN_VERSION ${PROJECT_VERSION}+g${described})
  endif()
  execute_process(
    COMMAND ${GIT_EXECUTABLE} rev-parse --git-path logs/HEAD
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE log_of_head
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  get_filename_component(log_of_head "${log_of_head}" ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
  if(EXISTS "${log_of_head}")
    # Another commit is another version.
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${log_of_head}")
  endif()
endif()
configure_file(${PROJECT_SOURCE_DIR}/src/cli/version.cc.in ${PROJECT_BINARY_DIR}/version.cc @ONLY)
