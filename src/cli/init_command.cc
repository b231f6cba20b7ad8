// `corun init`: a first job file. Knows nothing of running.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "base/write_all.h"
#include "cli/exit_code.h"
#include "cli/print_text_commands.h"
#include "cli/setup_error.h"
#include "graph/schema.h"

namespace corun {
namespace {

constexpr const char* kSchemaName = "corun.schema.json";

constexpr std::string_view kHead = R"(# A graph of jobs for corun. Run it:        corun FILE
# Look for errors:  corun check FILE       What would run:  corun plan FILE
# All keys:         man 5 corun            In editors:      corun init --schema
version: 1
)";

constexpr std::string_view kJobsTemplate = R"(
# Values for expressions; `corun FILE --set name=you` changes them.
vars: {name: world}

# Keys of every job that doesn't set them itself.
defaults: {timeout: 1m}

jobs:
  hello:
    run: echo "hello ${{ .vars.name }}"   # a shell script; a list is a program with its arguments
    outputs: {first: ".lines[0]"}         # what others see of its result

  # These two need nothing, so all three run at the same time.
  fast: {run: "echo fast"}
  flaky:
    run: "echo trying; test -e /"
    retry: {attempts: 3, delay: 200ms}    # tried again when it fails
    fallback: {run: "echo instead"}       # done when all attempts have failed

  report:
    needs: [hello, fast, flaky]           # starts when they have succeeded
    run: echo "all done, ${{ .jobs.hello.outputs.first }}"

finally:
  tidy: {run: "echo tidied up"}           # in the end, however it went
)";

constexpr std::string_view kHttpTemplate = R"(
vars: {api: "https://example.com", online: "false"}

# What jobs share: how many requests at once, and a circuit breaker that rests a server in trouble.
limits: {api: {concurrency: 4}}
breakers: {api: {consecutive: 3, open_for: 30s}}

jobs:
  # Off, so that the file runs without a network: `corun FILE --set online=true`.
  page:
    if: .vars.online == "true"
    http: "${{ .vars.api }}/"
    limit: api
    breaker: api
    timeout: 10s
    retry: {attempts: 3, delay: 200ms}    # what may pass: no connection, 429, 502, 503, 504
    expect: {status: 200}
    outputs: {title: {regex: "<title>(.*?)</title>"}}

  report:
    needs: {page: done}
    run: echo "page ${{ .jobs.page.outputs.title // "not asked for" }}"
)";

constexpr std::string_view kCronTemplate = R"(
# `corun cron print FILE --schedule '15 2 * * *'` prints the line for `crontab -e`.
timeout: 1h                               # of the whole run
concurrency: {on_conflict: skip}          # while another run of this file is under way
# ping: https://hc-ping.com/YOUR-ID       # told how it went: a dead man's switch

defaults: {timeout: 10m, retry: {attempts: 3, delay: 1s}}

jobs:
  dump: {run: "echo 42 rows", outputs: {rows: ".lines[0]"}}
  upload:
    needs: dump
    run: echo "uploading ${{ .jobs.dump.outputs.rows }}"

on_failure:
  tell: {run: "echo the run has failed >&2"}
finally:
  tidy: {run: "echo tidied up"}
)";

void refuse_existing(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) throw SetupError(kExitCantWrite, "`" + path + "` is there already: nothing was written");
}

void write_new(const std::string& path, std::string_view text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file && errno == EEXIST) refuse_existing(path);
  if (!file || write_all(file.get(), text) != 0) {
    throw SetupError(kExitCantWrite, "can't write `" + path + "`: " + std::strerror(errno));
  }
}

std::string with_name(std::string_view text, const std::string& name) {
  std::string out(text);
  for (std::size_t at = 0; (at = out.find("FILE", at)) != std::string::npos; at += name.size()) out.replace(at, 4, name);
  return out;
}

}  // namespace

int init_command(const Arguments& arguments) {
  const std::string path = arguments.words.empty() ? "corun.yaml" : arguments.words.front();
  std::string head(kHead);
  std::string_view body = arguments.init_template == "http"   ? kHttpTemplate
                          : arguments.init_template == "cron" ? kCronTemplate
                                                              : kJobsTemplate;
  std::string text = with_name(head + std::string(body), path == "-" ? "FILE" : path);
  if (path == "-") {
    if (arguments.write_schema) throw SetupError(kExitUsage, "--schema writes a file beside the job file: name one");
    return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? kExitSuccess : kExitCantWrite;
  }
  std::string said = "wrote " + path;
  if (arguments.write_schema) {
    const std::string schema = path.substr(0, path.rfind('/') + 1) + kSchemaName;
    refuse_existing(path);
    write_new(schema, job_file_schema());
    said += " and " + schema;
    text.insert(0, std::string("# yaml-language-server: $schema=") + kSchemaName + '\n');
  }
  write_new(path, text);
  std::fprintf(stderr, "corun: %s; run it by `corun %s`\n", said.c_str(), path.c_str());
  return kExitSuccess;
}

}  // namespace corun
