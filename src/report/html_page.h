// The page of the HTML report as it stands in src/report/html, made of one piece by CMake. Knows nothing of runs.
#pragma once

#include <string_view>

namespace corun {

/// The whole page, with `{{title}}`, `{{summary}}` and `{{run}}`, in this order, where a run's own things go.
std::string_view html_page();

}  // namespace corun
