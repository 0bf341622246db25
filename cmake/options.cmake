# Every target of ours links project_options: the language, the warnings and the sanitizers stand here only.
add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE c_std_17)
set(CMAKE_C_EXTENSIONS OFF)
target_compile_definitions(project_options INTERFACE
  _GNU_SOURCE NETBATON_VERSION="${PROJECT_VERSION}")
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual
  -Wwrite-strings -Wformat=2 -Wundef -Wvla
  $<$<BOOL:${NETBATON_WERROR}>:-Werror>)

if(NETBATON_SANITIZE)
  target_compile_options(project_options INTERFACE
    -fsanitize=${NETBATON_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_options INTERFACE -fsanitize=${NETBATON_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
