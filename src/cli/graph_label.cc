// What a drawing says in a job's box. Knows nothing of formats.
#include <string>

#include "cli/graph_drawing.h"
#include "report/words.h"

namespace corun {

std::string graph_label(const GraphDrawing& drawing, std::uint32_t index) {
  const ListedJob& job = drawing.listing.jobs[index];
  std::string text(short_name(*job.job));
  for (const std::string& words : shape_words(*job.job)) text += '\n' + words;
  if (job.job->join == Join::any && job.needs.size() > 1) text += "\nany need";
  if (job.job->join == Join::quorum) text += '\n' + std::to_string(job.job->join_quorum) + " needs";
  if (drawing.run == nullptr) return text;
  const ListedResult& result = drawing.results[index];
  if (!result.known) return text;
  text += '\n' + std::string(state_word(result.state));
  if (result.restored) text += ", done earlier";
  if (const std::string words = time_words(result); !words.empty()) text += ' ' + words;
  if (!result.items.empty()) text += '\n' + items_words(result);
  return text;
}

}  // namespace corun
