// The sources of Boost.Asio, its TLS part and Boost.Beast, which are headers until somebody
// includes these three.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
