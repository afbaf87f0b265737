# Warnings, hardening and sanitizers, as interface targets that rooms link privately.

add_library(samsyn_warnings INTERFACE)
target_compile_options(samsyn_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough
  # Of files compiled together one's names shadow another's, and g++ 12 inlines more and finds uses of what
  # is not set where there are none: these warnings are for files that are compiled one by one.
  $<IF:$<AND:$<BOOL:${SAMSYN_UNITY}>,$<CXX_COMPILER_ID:GNU>>,-Wshadow=local,-Wshadow>
  $<$<AND:$<BOOL:${SAMSYN_UNITY}>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>  # SAMSYN_TRY is one, on purpose
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>  # g++ 12's std::stable_sort uses one; g++ warns of ours
  $<$<BOOL:${SAMSYN_WERROR}>:-Werror>)

# Assertions of the library and of ours stay on in every build.
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_compile_options(-fstack-protector-strong)
if(SAMSYN_SANITIZE)
  add_compile_options(-fsanitize=${SAMSYN_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all
                      # clang's looks at an object through a pipe: it is wrong where a test has used up
                      # what may be opened.
                      $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=vptr>
                      # g++ 12 takes the sanitizers' own branches for uses of what is not set.
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${SAMSYN_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

find_program(SAMSYN_CCACHE ccache)
if(SAMSYN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SAMSYN_CCACHE})
endif()
