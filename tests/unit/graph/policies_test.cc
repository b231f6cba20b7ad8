// What the policies of jobs come to: their settings, defaults and how the two join. Knows nothing of how policies act.
#include <csignal>

#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

// The jobs of a file with these defaults.
JobFile with_defaults(std::string_view defaults, std::string_view jobs) {
  return load("version: 1\ndefaults: " + std::string(defaults) + "\njobs:\n" + std::string(jobs));
}

std::string env_of(const Job& job) {
  std::string text;
  for (const NamedText& entry : job.process->env) text += entry.name + '=' + entry.text.text + ' ';
  return text;
}

}  // namespace

TEST_CASE("timeouts") {
  const Job it =
      job("{http: 'https://h/', timeout: 1s, total_timeout: 2s, queue_timeout: 3s, idle_timeout: 4s, connect_timeout: 1m30s}");
  CHECK(it.policies->timeout == 1s);
  CHECK(it.policies->total_timeout == 2s);
  CHECK(it.policies->queue_timeout == 3s);
  CHECK(it.policies->idle_timeout == 4s);
  CHECK(it.policies->connect_timeout == 90s);
  CHECK_FALSE(job("{run: x}").policies->timeout.has_value());
  for (const char* key : {"timeout", "total_timeout", "queue_timeout", "idle_timeout"}) {
    const std::string start = std::string("{run: x, ") + key + ": ";
    CHECK(job_findings(start + "0s}").size() == 1);
    CHECK(job_findings(start + "-1s}").size() == 1);
    CHECK(job_findings(start + "5 s}").size() == 1);
    CHECK(job_findings(start + "[1s]}").size() == 1);
  }
}

TEST_CASE("retry: a number or a map") {
  CHECK(job("{run: x}").policies->retry.attempts == 1);
  CHECK(job("{run: x, retry: 3}").policies->retry.attempts == 3);
  const Job it =
      job("{http: 'https://h/', idempotent: false, retry: {attempts: 5, backoff: linear, delay: 1s, factor: 3, max_delay: 9s, "
          "jitter: none, max_elapsed: 1m, max_retry_after: 10s, on: {status: [429, 5xx], timeout: false, expect: true}}}");
  const RetrySettings& retry = it.policies->retry;
  CHECK(retry.attempts == 5);
  CHECK(retry.backoff.kind == BackoffSettings::Kind::linear);
  CHECK(retry.backoff.jitter == BackoffSettings::Jitter::none);
  CHECK(retry.backoff.factor == 3);
  CHECK(retry.backoff.delay == 1s);
  CHECK(retry.backoff.max_delay == 9s);
  CHECK(retry.max_elapsed == 1min);
  CHECK(retry.max_retry_after == 10s);
  CHECK(retry.idempotent == false);
  REQUIRE(retry.on.status.has_value());
  CHECK(retry.on.status->at(1).first == 500);
  CHECK(retry.on.status->at(1).last == 599);
  CHECK(retry.on.timeout == false);
  CHECK(retry.on.expect == true);
  CHECK_FALSE(retry.on.exit_codes.has_value());
  CHECK(job("{run: x, retry: {attempts: 2, on: {exit_codes: 1-9}}}").policies->retry.on.exit_codes->at(0).last == 9);

  CHECK(job_findings("{run: x, retry: 0}").size() == 1);
  CHECK(job_findings("{run: x, retry: 1.5}").size() == 1);
  CHECK(job_findings("{run: x, retry: three}").size() == 1);
  CHECK(job_findings("{run: x, retry: {attempts: 2, factor: 0.5}}").size() == 1);
  CHECK(job_findings("{run: x, retry: {delay: 1s}}") == Lines{"3:22 E118 `retry` of job `a` retries nothing"});
  CHECK(job_findings("{run: x, retry: {attempts: 1, delay: 1s}}").empty());
  CHECK(job_findings("{run: x, retry: {attempts: 2, delay: 1m}}") ==
        Lines{"3:22 E107 `delay` is longer than `max_delay` (30s) in `retry` of job `a`"});
  CHECK(shown(file_with("{run: x, retry: {attempts: 2, backoff: exponental}}")) ==
        "error[E108]: `exponental` isn't one of the choices for `backoff` of `retry` of job `a`\n"
        " --> jobs.yml:3:45\n"
        "  |\n"
        "3 |   a: {run: x, retry: {attempts: 2, backoff: exponental}}\n"
        "  |                                             ^^^^^^^^^^ did you mean `exponential`?\n"
        "  = help: one of: constant, linear, exponential\n");
}

TEST_CASE("expect and stop") {
  const Job http = job("{http: 'https://h/', expect: {status: [200-204, 404], max_time: 2s}}");
  REQUIRE(http.policies->expect.status.size() == 2);
  CHECK(http.policies->expect.status[0].last == 204);
  CHECK(http.policies->expect.max_time == 2s);
  const Job run = job("{run: x, expect: {exit_codes: [0, 3]}, stop: {signal: SIGINT, grace: 0s}}");
  CHECK(run.policies->expect.exit_codes.at(1).first == 3);
  CHECK(run.policies->stop.signal == SIGINT);
  CHECK(run.policies->stop.grace == 0s);
  CHECK(job_findings("{run: x, expect: {exit_codes: []}}") == Lines{"3:36 E114 `exit_codes` of `expect` of job `a` is empty"});
  CHECK(job_findings("{run: x, expect: {exit_codes: 256}}").size() == 1);
  CHECK(job_findings("{run: x, expect: {exit_codes: [[1]]}}").size() == 1);
  CHECK(job_findings("{http: 'https://h/', expect: {status: [20, 6xx, 299-200]}}").size() == 3);
  CHECK(job_findings("{run: x, stop: {signal: STOP}}").size() == 1);
}

TEST_CASE("breakers: shared by name, or of one job") {
  const JobFile file = load(R"(version: 1
breakers:
  api: {failure_ratio: 0.25, min_calls: 2, window: 10, window_age: 1m, consecutive: 0, slow_ratio: 1, slow_after: 4s, open_for: 1s,
        max_open_for: 2s, open_factor: 3, probes: 4, successes: 3, count_expect_failures: true, mode: forced_open}
jobs:
  a: {run: x, breaker: api}
  b: {run: x, breaker: {open_for: 1m}}
  g: {gather: {jobs: {m: {run: x, breaker: {}}}}}
)");
  REQUIRE(file.breakers.size() == 3);
  CHECK(file.breakers[0].name == "api");
  CHECK(file.breakers[0].place.line == 3);
  const BreakerSettings& api = file.breakers[0].settings;
  CHECK(api.failure_ratio == 0.25);
  CHECK(api.min_calls == 2);
  CHECK(api.window == 10);
  CHECK(api.window_age == 1min);
  CHECK(api.consecutive == 0);
  CHECK(api.slow_ratio == 1);
  CHECK(api.slow_after == 4s);
  CHECK(api.open_for == 1s);
  CHECK(api.max_open_for == 2s);
  CHECK(api.open_factor == 3);
  CHECK(api.probes == 4);
  CHECK(api.successes == 3);
  CHECK(api.count_expect_failures);
  CHECK(api.mode == BreakerSettings::Mode::forced_open);
  CHECK(file.breakers[1].name == "b");
  CHECK(file.breakers[1].settings.open_for == 1min);
  CHECK(file.breakers[2].name == "g/m");
  CHECK(file.top.jobs[0].policies->breaker == 0U);
  CHECK(file.top.jobs[1].policies->breaker == 1U);

  const auto breaker = [](std::string_view fields) {
    return findings("version: 1\njobs: {a: {run: x}}\nbreakers: {b: {" + std::string(fields) + "}}\n");
  };
  CHECK(breaker("failure_ratio: 0").size() == 1);
  CHECK(breaker("failure_ratio: 1.1").size() == 1);
  CHECK(breaker("probes: 0").size() == 1);
  CHECK(breaker("min_calls: 30") ==
        Lines{"3:15 E107 `min_calls` is more than `window` (20) in breaker `b`: no share would ever count"});
  CHECK(breaker("open_for: 1h") == Lines{"3:15 E107 `open_for` is longer than `max_open_for` (10m) in breaker `b`"});
  CHECK(breaker("slow_ratio: 0.5").size() == 1);
  CHECK(breaker("slow_after: 1s").size() == 1);
  CHECK(findings("version: 1\nbreakers: {a: {}}\njobs:\n  a: {run: x, breaker: {}}\n") ==
        Lines{"4:24 E109 the breaker inside job `a` has the job's name, which another breaker has already"});
}

TEST_CASE("limits") {
  const JobFile file = load(R"(version: 1
limits: {api: {concurrency: 8, max_queue: 0, rate: 100/m, burst: 10}, db: {concurrency: 1}}
jobs:
  a: {run: x, limit: db}
  b: {run: x, limit: [db, api]}
)");
  CHECK(file.limits[0].settings.concurrency == 8U);
  CHECK(file.limits[0].settings.max_queue == 0U);
  CHECK(file.limits[0].settings.rate_count == 100U);
  CHECK(file.limits[0].settings.rate_period == 1min);
  CHECK(file.limits[0].settings.burst == 10);
  CHECK(file.top.jobs[0].policies->limits == std::vector<std::uint32_t>{1});
  CHECK(file.top.jobs[1].policies->limits == std::vector<std::uint32_t>{1, 0});

  const auto limit = [](std::string_view fields) {
    return findings("version: 1\njobs: {a: {run: x}}\nlimits: {l: {" + std::string(fields) + "}}\n");
  };
  CHECK(limit("") == Lines{"3:13 E103 limit `l` limits nothing"});
  CHECK(limit("concurrency: 0").size() == 1);
  CHECK(limit("rate: 5").size() == 1);
  CHECK(limit("rate: 5/s, burst: 0").size() == 1);
  CHECK(limit("concurrency: 1, burst: 2") == Lines{"3:13 E118 `burst` without `rate` in limit `l`"});
  CHECK(findings("version: 1\nlimits: {l: {concurrency: 1}}\njobs: {a: {run: x, limit: [l, l]}}\n") ==
        Lines{"3:31 E203 limit `l` is listed twice"});
}

TEST_CASE("unknown limits and breakers come with the similar one's place") {
  CHECK(shown("version: 1\nlimits: {api: {concurrency: 1}}\njobs: {a: {run: x, limit: apj, breaker: api}}\n") ==
        "error[E206]: there is no limit `apj`\n"
        " --> jobs.yml:3:27\n"
        "  |\n"
        "3 | jobs: {a: {run: x, limit: apj, breaker: api}}\n"
        "  |                           ^^^ did you mean `api`?\n"
        "note: `api` is here\n"
        " --> jobs.yml:2:10\n"
        "  |\n"
        "2 | limits: {api: {concurrency: 1}}\n"
        "  |          ^^^\n"
        "\n"
        "error[E205]: there is no breaker `api`\n"
        " --> jobs.yml:3:41\n"
        "  |\n"
        "3 | jobs: {a: {run: x, limit: apj, breaker: api}}\n"
        "  |                                         ^^^\n"
        "  = help: name it under `breakers:` at the top level\n");
}

TEST_CASE("jobs that say the same share their policies") {
  const JobFile file = with_defaults("{timeout: 30s}",
                                     "  a: {run: x}\n  b: {run: y}\n  c: {run: x, retry: 2}\n  d: {run: z, retry: 2}\n"
                                     "  e: {run: x, retry: 3}\n");
  const std::vector<Job>& jobs = file.top.jobs;
  CHECK(jobs[0].policies == jobs[1].policies);
  CHECK(jobs[2].policies == jobs[3].policies);
  CHECK(jobs[0].policies != jobs[2].policies);
  CHECK(jobs[2].policies != jobs[4].policies);
  CHECK(jobs[4].policies->retry.attempts == 3);
  CHECK(jobs[4].policies->timeout == 30s);
}

TEST_CASE("a job's own key replaces the default's; maps of settings and environments join") {
  const JobFile file = with_defaults(
      "{timeout: 30s, retry: {attempts: 3, delay: 1s}, env: {A: one, B: two}, stop: {signal: INT, grace: 1s}, output: {max: 5, "
      "file: f}, "
      "expect: {exit_codes: 3, max_time: 9s}, continue_on_error: true, fallback: {output: 1}}",
      "  a: {run: x}\n"
      "  b: {run: x, timeout: 5s, retry: 5, env: {B: three, C: four}, stop: {grace: 2s}, output: {max: 6}, expect: {exit_codes: "
      "4}, "
      "continue_on_error: false, fallback: {output: 2}}\n"
      "  c: {run: x, retry: {delay: 2s}}\n");
  const Job& a = file.top.jobs[0];
  CHECK(a.policies->timeout == 30s);
  CHECK(a.policies->retry.attempts == 3);
  CHECK(env_of(a) == "A=one B=two ");
  CHECK(a.process->output_max == 5);
  CHECK(a.continue_on_error);
  CHECK(to_json(std::get<std::unique_ptr<OutputSpec>>(*a.fallback)->value) == "1");
  const Job& b = file.top.jobs[1];
  CHECK(b.policies->timeout == 5s);
  CHECK(b.policies->retry.attempts == 5);
  CHECK(b.policies->retry.backoff.delay == 1s);
  CHECK(env_of(b) == "A=one B=three C=four ");
  CHECK(b.policies->stop.signal == SIGINT);
  CHECK(b.policies->stop.grace == 2s);
  CHECK(b.process->output_max == 6);
  CHECK(b.process->output_file->text == "f");
  CHECK(b.policies->expect.exit_codes.at(0).first == 4);
  CHECK(b.policies->expect.max_time == 9s);
  CHECK_FALSE(b.continue_on_error);
  CHECK(to_json(std::get<std::unique_ptr<OutputSpec>>(*b.fallback)->value) == "2");
  const Job& c = file.top.jobs[2];
  CHECK(c.policies->retry.attempts == 3);
  CHECK(c.policies->retry.backoff.delay == 2s);
  CHECK(c.process == a.process);
}

TEST_CASE("defaults go where they work, and to a gather's members instead of the gather") {
  const JobFile file = load(R"(version: 1
limits: {l: {concurrency: 1}}
breakers: {b: {}}
defaults: {timeout: 30s, connect_timeout: 1s, retry: 3, limit: l, breaker: b, env: {A: b}, idempotent: true,
           expect: {status: 200, exit_codes: 0}, http: {headers: {User-Agent: me, Accept: all}}}
jobs:
  run: {run: x}
  http: {http: {url: "https://h/", headers: {accept: one, X: y}}}
  plain: {http: "https://h/"}
  sleep: {sleep: 1s}
  group: {gather: {jobs: {m: {run: x}}}}
)");
  const std::vector<Job>& jobs = file.top.jobs;
  CHECK(jobs[0].policies->retry.attempts == 3);
  CHECK(jobs[0].policies->limits.size() == 1);
  CHECK(jobs[0].policies->breaker == 0U);
  CHECK_FALSE(jobs[0].policies->connect_timeout.has_value());
  CHECK(jobs[0].policies->retry.idempotent == true);
  CHECK(jobs[0].policies->expect.status.empty());
  CHECK(jobs[0].policies->expect.exit_codes.size() == 1);
  CHECK(jobs[0].process);

  CHECK(jobs[1].policies->connect_timeout == 1s);
  CHECK(jobs[1].policies->expect.status.size() == 1);
  CHECK_FALSE(jobs[1].process);
  const HttpSpec& http = *std::get<std::unique_ptr<HttpSpec>>(jobs[1].action);
  REQUIRE(http.headers.size() == 3);
  CHECK(http.headers[0].name == "accept");
  CHECK(http.headers[0].text.text == "one");
  CHECK(http.headers[2].name == "User-Agent");
  CHECK(std::get<std::unique_ptr<HttpSpec>>(jobs[2].action)->headers.size() == 2);

  CHECK(jobs[3].policies->timeout == 30s);
  CHECK(jobs[3].policies->retry.attempts == 1);
  CHECK_FALSE(jobs[3].policies->breaker.has_value());

  CHECK_FALSE(jobs[4].policies->timeout.has_value());
  CHECK(jobs[4].policies->retry.attempts == 1);
  CHECK(jobs[4].policies->limits.empty());
  const Job& member = std::get<std::unique_ptr<GatherSpec>>(jobs[4].action)->group->jobs[0];
  CHECK(member.policies == jobs[0].policies);
}

TEST_CASE("a breaker written in defaults is one for each job") {
  const JobFile file = with_defaults("{breaker: {open_for: 1m}}", "  a: {run: x}\n  b: {run: x}\n  c: {sleep: 1s}\n");
  REQUIRE(file.breakers.size() == 2);
  CHECK(file.breakers[1].name == "b");
  CHECK(file.top.jobs[1].policies->breaker == 1U);
  CHECK_FALSE(file.top.jobs[2].policies->breaker.has_value());
}

TEST_CASE("what is wrong in defaults is reported once") {
  CHECK(findings("version: 1\ndefaults: {timeout: 5, limit: l, retry: {delay: x}, connect_timeout: 1}\njobs:\n  a: {run: x}\n  "
                 "b: {http: 'https://h/'}\n") == Lines{"2:21 E105 bare number as duration for `timeout` of `defaults`",
                                                       "2:31 E206 there is no limit `l`",
                                                       "2:49 E106 `x` isn't a duration for `delay` of `retry` of `defaults`",
                                                       "2:70 E105 bare number as duration for `connect_timeout` of `defaults`"});
}
