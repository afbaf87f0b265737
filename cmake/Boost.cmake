# samsyn_boost: Asio and Beast compiled once, into one library. A room that includes their headers without
# this target would compile all of it again in each of its files, and break the one-definition rule.
add_library(samsyn_boost STATIC ${CMAKE_CURRENT_LIST_DIR}/boost_sources.cpp)
target_compile_definitions(samsyn_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_include_directories(samsyn_boost SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
target_link_libraries(samsyn_boost PUBLIC OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
