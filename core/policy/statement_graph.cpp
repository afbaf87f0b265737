#include "core/policy/statement_graph.hpp"
