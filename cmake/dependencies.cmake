# Each library is an imported target named dep_NAME; ./run installs the packages they come from.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)

pkg_check_modules(dep_libssh REQUIRED IMPORTED_TARGET libssh>=0.9.0)
pkg_check_modules(dep_libtelnet REQUIRED IMPORTED_TARGET libtelnet)
pkg_check_modules(dep_libuv REQUIRED IMPORTED_TARGET libuv>=1.34)
pkg_check_modules(dep_yaml REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(dep_popt REQUIRED IMPORTED_TARGET popt)
pkg_check_modules(dep_pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(dep_jansson REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(dep_cmocka REQUIRED IMPORTED_TARGET cmocka)

# libcsv ships no pkg-config file.
find_path(CSV_INCLUDE_DIR csv.h REQUIRED)
find_library(CSV_LIBRARY csv REQUIRED)
add_library(dep_csv INTERFACE)
target_include_directories(dep_csv SYSTEM INTERFACE ${CSV_INCLUDE_DIR})
target_link_libraries(dep_csv INTERFACE ${CSV_LIBRARY})
