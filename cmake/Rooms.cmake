# Files of one target that may be compiled together, eight at a time.
function(samsyn_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SAMSYN_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# A room is a folder with one static library. `USES` are the arrows: the rooms that it may include.
# The test `architecture.arrows` reads every #include against this list.
#
# samsyn_room(<name> FOLDER <folder below this one> SOURCES <file>...
#             [USES <room>...] [PRIVATE <target>...] [PUBLIC <target>...] [APART <header>])
#
# A room's files are compiled several at a time (SAMSYN_UNITY), since their headers cost more than they do:
# names without linkage are unique in a room. `APART`: one by one, with this header compiled before.
function(samsyn_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "FOLDER;APART" "SOURCES;USES;PRIVATE;PUBLIC")
  if(NOT room_FOLDER)
    set(room_FOLDER ${name})
  endif()
  list(TRANSFORM room_SOURCES PREPEND ${room_FOLDER}/)
  add_library(samsyn_${name} STATIC ${room_SOURCES})
  add_library(samsyn::${name} ALIAS samsyn_${name})
  target_include_directories(samsyn_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/client-sdk/include>)
  list(TRANSFORM room_USES PREPEND samsyn:: OUTPUT_VARIABLE used)
  target_link_libraries(samsyn_${name}
    PUBLIC ${used} ${room_PUBLIC}
    PRIVATE ${room_PRIVATE} $<BUILD_INTERFACE:samsyn_warnings>)
  samsyn_together(samsyn_${name})
  if(room_APART)
    set_target_properties(samsyn_${name} PROPERTIES UNITY_BUILD OFF)
    target_precompile_headers(samsyn_${name} PRIVATE ${PROJECT_SOURCE_DIR}/${room_APART})
  endif()
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${room_FOLDER})
  list(JOIN room_USES "," uses)
  set_property(GLOBAL APPEND PROPERTY SAMSYN_ARROWS "${name}=${folder}>${uses}")
endfunction()
