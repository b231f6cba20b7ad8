// `corun ls`. Knows nothing of running.
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/text_columns.h"
#include "cli/describe_jobs.h"
#include "cli/exit_code.h"
#include "cli/graph_command.h"
#include "cli/listing_json.h"
#include "cli/load_graph.h"
#include "cli/policy_words.h"
#include "cli/terminal.h"
#include "report/output_stream.h"

namespace corun {
namespace {

constexpr std::size_t kMostOfName = 40;  // columns, beyond which a name doesn't push the others' descriptions aside

struct Row {
  std::string name;  // indented
  std::string tags;
  std::string words;  // its description, else what it does
};

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : escape_control(text)) line += c == '\n' || c == '\t' ? ' ' : c;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::vector<Row> rows_of(const JobListing& listing) {
  std::vector<Row> rows;
  std::vector<std::size_t> depths(listing.jobs.size(), 0);
  std::string_view callback;
  for (std::size_t i = 0; i < listing.jobs.size(); ++i) {
    const ListedJob& job = listing.jobs[i];
    if (job.parent >= 0) depths[i] = depths[static_cast<std::size_t>(job.parent)] + 1;
    Row& row = rows.emplace_back();
    row.name = std::string(2 * depths[i], ' ') + (job.callback.empty() ? "" : std::string(job.callback) + ": ");
    row.name += short_name(*job.job);
    if (job.job->flow && job.job->flow->foreach) row.name += "[]";
    const JobNotes* const notes = job.job->notes.get();
    for (std::size_t t = 0; notes != nullptr && t < notes->tags.size(); ++t) {
      row.tags += (t == 0 ? "" : ",") + one_line(notes->tags[t]);
    }
    row.words = notes != nullptr ? one_line(notes->description) : std::string();
    if (row.words.empty()) row.words = one_line(action_line(job.job->action));
  }
  return rows;
}

std::string ls_text(const JobListing& listing, std::size_t width) {
  const std::vector<Row> rows = rows_of(listing);
  std::size_t names = 0;
  std::size_t tags = 0;
  for (const Row& row : rows) {
    names = std::max(names, std::min(kMostOfName, text_columns(row.name)));
    tags = std::max(tags, std::min(kMostOfName, text_columns(row.tags)));
  }
  std::string text;
  const auto padded = [](const std::string& cell, std::size_t columns) {
    const std::size_t taken = text_columns(cell);
    return cell + std::string(taken < columns ? columns - taken : 0, ' ') + "  ";
  };
  for (const Row& row : rows) {
    std::string line = padded(row.name, names);
    if (tags > 0) line += padded(row.tags, tags);
    line += row.words;
    line.erase(line.find_last_not_of(' ') + 1);
    text += (width > 0 ? shortened_to_columns(line, width) : line) + '\n';
  }
  return text;
}

std::string ls_json(const JobListing& listing) {
  std::string text;
  JsonObject document = begin_document(text, *listing.file);
  append_list(document.field("jobs"), listing.jobs, [&](const ListedJob& job) {
    JsonObject object(text);
    append_listed(object, listing, job);
    append_list(object.field("needs"), job.needs, [&](const ListedNeed& need) {
      JsonObject edge(text);
      edge.text("job", listing.jobs[need.job].id);
      edge.text("when", to_word(need.when));
      edge.end();
    });
    object.end();
  });
  document.end();
  return text + '\n';
}

}  // namespace

int ls_command(const Arguments& arguments, const GetVariable& variable) {
  JobFile file = load_jobs(arguments, variable);
  const JobListing listing = list_jobs(file, selected_jobs(file, arguments));
  OutputStream out(STDOUT_FILENO);
  out.append(arguments.output == OutputFormat::json
                 ? ls_json(listing)
                 : ls_text(listing, terminal_size(STDOUT_FILENO).value_or(TerminalSize()).columns));
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
