# What is installed where, and the Debian package made of it (`./dev package`). Knows nothing of how anything is built.
include(GNUInstallDirs)

install(TARGETS corun RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(section IN ITEMS 1 5)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS man/corun.${section})
  configure_file(man/corun.${section} ${PROJECT_BINARY_DIR}/package/corun.${section} COPYONLY)
  execute_process(COMMAND gzip -9nkf ${PROJECT_BINARY_DIR}/package/corun.${section})
  install(FILES ${PROJECT_BINARY_DIR}/package/corun.${section}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
install(FILES completions/corun.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME corun)
# Where zsh looks depends on whether it is told by a package or by hand.
install(CODE "
  set(functions site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
    set(functions vendor-completions)
  endif()
  file(INSTALL \"${PROJECT_SOURCE_DIR}/completions/_corun\"
       DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${functions}\")
")
install(FILES completions/corun.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY jobs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

# Debian wants these two in forms of its own.
string(TIMESTAMP year "%Y" UTC)
file(READ LICENSE license)
string(REGEX REPLACE "^MIT License\n\nCopyright[^\n]*\n\n" "" license "${license}")
string(STRIP "${license}" license)
string(REPLACE "\n\n" "\n.\n" license "${license}")
string(REPLACE "\n" "\n " license "${license}")
file(
  CONFIGURE
  OUTPUT ${PROJECT_BINARY_DIR}/package/copyright
  CONTENT
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: corun

Files: *
Copyright: 2026 the corun authors
License: Expat
 @license@
"
  @ONLY)
set(CORUN_MAINTAINER "the corun authors <maintainers@corun.example>")
set(date "Thu, 01 Jan 2026 00:00:00 +0000")
if(GIT_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} log -1 --format=%cD
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE date
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(
  CONFIGURE
  OUTPUT ${PROJECT_BINARY_DIR}/package/changelog
  CONTENT "corun (@CORUN_VERSION@) unstable; urgency=medium

  * Version @CORUN_VERSION@.

 -- @CORUN_MAINTAINER@  @date@
"
  @ONLY)
execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/package/changelog)
install(FILES ${PROJECT_BINARY_DIR}/package/copyright ${PROJECT_BINARY_DIR}/package/changelog.gz
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME corun)
set(CPACK_PACKAGE_VERSION ${CORUN_VERSION})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CORUN_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when a job file needs them, so dpkg-shlibdeps doesn't see them.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcurl4, libjq1, libpcre2-8-0, libxml2")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libpq5")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "asyncio for your shell: runs a YAML graph of jobs in one process
corun reads a graph of shell commands, HTTP requests and SQL statements from a
YAML file and runs it in one process with one thread, as much at once as its
needs and limits allow. Timeouts, retries, circuit breakers, rate limits,
fallbacks and caching are keys of the file; runs that were stopped or killed
can be resumed. There is no daemon and no server; cron and CI call it as they
would call a script.")
include(CPack)
