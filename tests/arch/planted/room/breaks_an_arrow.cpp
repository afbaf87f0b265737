#include "other/secret.hpp"
