// What a request carries to prove who sends it, where corun makes it itself. Knows nothing of connections.
#pragma once

#include <string>
#include <string_view>

#include "io/executor.h"

namespace corun {

/// The value of the header Authorization for basic and bearer credentials; "" for the others, which libcurl carries out.
std::string authorization(const HttpCredentials& credentials);

/// `url` with its query in the order that signatures of AWS are made of: by name, then value, each with a `=`.
std::string with_sorted_query(std::string_view url);

}  // namespace corun
