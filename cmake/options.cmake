# Every target of ours links project_options: the language, the warnings and the sanitizers stand here only.
add_library(project_options INTERFACE)
set(CMAKE_C_STANDARD 17) # not as a compile feature: that is "at least", and a newer compiler takes a newer language
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
target_compile_definitions(project_options INTERFACE
  _GNU_SOURCE NETBATON_VERSION="${PROJECT_VERSION}")
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual
  -Wwrite-strings -Wformat=2 -Wundef -Wvla
  # What a newer library calls deprecated still works with the one that is asked for.
  $<$<BOOL:${NETBATON_WERROR}>:-Werror;-Wno-error=deprecated-declarations>)

if(NETBATON_SANITIZE)
  target_compile_options(project_options INTERFACE
    -fsanitize=${NETBATON_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_options INTERFACE -fsanitize=${NETBATON_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
