// The key table against the loader: what it says of each key must be so. Knows no single key.
#include <algorithm>
#include <set>

#include "graph/key_table.h"
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

std::string_view action_for(const Key& key) {
  if ((key.actions & kRun) != 0) return "run: x";
  if ((key.actions & kHttp) != 0) return "http: https://h/";
  if ((key.actions & kSql) != 0) return "sql: {dsn: 'postgresql://h/', query: select 1}";
  return (key.actions & kGather) != 0 ? "gather: {jobs: {m: {run: x}}}" : "sleep: 1s";
}

// A whole file with `entry`, an entry of `scope` for `key`.
std::string file_for(Scope scope, const Key& key, const std::string& entry) {
  const auto top = [](const std::string& more) { return "version: 1\njobs: {a: {run: x}}\n" + more + "\n"; };
  const auto in_job = [](const std::string& fields) {
    return "version: 1\njobs:\n  build: {run: x}\n  test: {run: x}\n  a: {" + fields + "}\nlimits: {api: {concurrency: 1}}\n";
  };
  const auto in_http = [&](const std::string& fields) {
    return in_job("http: {url: 'https://h/', method: POST, " + fields + "}");
  };
  const std::string action = std::string(action_for(key)) + ", ";
  switch (scope) {
    case Scope::file:
      return (key.name == "version" ? "" : "version: 1\n") + std::string(key.name == "jobs" ? "" : "jobs: {a: {run: x}}\n") +
             entry + "\n";
    case Scope::job: {
      const bool is_action = key.name == "run" || key.name == "http" || key.name == "sql" || key.name == "gather" ||
                             key.name == "graph" || key.name == "sleep";
      const std::string more = key.name == "join" ? "needs: [build, test], " : key.name == "hedge" ? "idempotent: true, " : "";
      return in_job((is_action ? "" : action) + more + entry);
    }
    case Scope::defaults: return top("limits: {api: {concurrency: 1}}\ndefaults: {" + entry + "}");
    case Scope::default_http: return top("defaults: {http: {" + entry + "}}");
    case Scope::http:
      if (key.name == "protocols") return in_job("http: {url: '${{ .vars.url }}', " + entry + "}");
      if (key.name == "ssh") return in_job("http: {url: 'sftp://h/x', protocols: sftp, " + entry + "}");
      if (key.name == "max_messages") return in_job("http: {url: 'mqtt://h/x', protocols: mqtt, " + entry + "}");
      return key.name == "url"      ? in_job("http: {" + entry + "}")
             : key.name == "method" ? in_job("http: {url: 'https://h/', " + entry + "}")
                                    : in_http(entry);
    case Scope::default_sql: return top("defaults: {sql: {" + entry + "}}");
    case Scope::sql:
      return in_job("sql: {" + std::string(key.name == "dsn" ? "" : "dsn: 'postgresql://h/', ") +
                    (key.name == "query" ? "" : "query: select 1, ") + entry + "}");
    case Scope::redirects: return in_http("follow_redirects: {" + entry + "}");
    case Scope::tls: return in_http("tls: {" + std::string(key.name == "key" ? "cert: c, " : "") + entry + "}");
    case Scope::auth: return in_http("auth: {" + entry + "}");
    case Scope::credentials:
      return in_http("auth: {basic: {" + std::string(key.name == "username" ? "password: x, " : "username: x, ") + entry + "}}");
    case Scope::aws_sigv4: {
      std::string others;
      for (const std::string name : {"region", "service", "access_key", "secret_key"})
        others += name == key.name ? "" : name + ": x, ";
      return in_http("auth: {aws_sigv4: {" + others + entry + "}}");
    }
    case Scope::part: {
      const std::string content = key.name == "value" || key.name == "file" ? "" : "value: x, ";
      return in_http("multipart: [{" + content + (key.name == "name" ? "" : "name: n, ") + entry + "}]");
    }
    case Scope::network: return in_http("network: {" + entry + "}");
    case Scope::save:
      return in_job("http: {url: 'https://h/', save: {" + std::string(key.name == "file" ? "" : "file: f, ") + entry + "}}");
    case Scope::ssh: return in_job("http: {url: 'sftp://h/x', protocols: sftp, ssh: {" + entry + "}}");
    case Scope::gather: {
      const std::string members = key.name == "jobs" ? "" : ", jobs: {m: {run: x}, n: {run: x}}";
      return in_job("gather: {" + std::string(key.name == "n" ? "policy: quorum, " : "") + entry + members + "}");
    }
    case Scope::graph: return in_job("graph: {" + std::string(key.name == "file" ? "" : "file: f.yaml, ") + entry + "}");
    case Scope::join: return in_job("run: x, needs: [build, test], join: {" + entry + "}");
    case Scope::fallback: return in_job("run: x, fallback: {" + entry + "}");
    case Scope::retry:
      return in_job(action + "retry: {" + std::string(key.name == "attempts" ? "" : "attempts: 2, ") + entry + "}");
    case Scope::retry_on: return in_job(action + "retry: {attempts: 2, on: {" + entry + "}}");
    case Scope::hedge:
      return in_job("http: 'https://h/', hedge: {" + std::string(key.name == "after" ? "" : "after: 1s, ") + entry + "}");
    case Scope::cache: return in_job(action + "cache: {" + entry + "}");
    case Scope::expect: return in_job(action + "expect: {" + entry + "}");
    case Scope::secret: return top("secrets: {t: {" + entry + "}}");
    case Scope::concurrency: return top("concurrency: {" + entry + "}");
    case Scope::ping: return top("ping: {" + std::string(key.name == "url" ? "" : "url: 'https://h/', ") + entry + "}");
    case Scope::expect_pattern: return in_job("http: 'https://h/', expect: {body: {" + entry + "}}");
    case Scope::foreach: {
      const std::string items = key.name == "items" ? "" : "items: [1], ";
      return in_job(action + "foreach: {" + items + entry + "}");
    }
    case Scope::foreach_gather: {
      const std::string policy = key.name == "n" ? "policy: quorum, " : "";
      return in_job(action + "foreach: {items: [1, 2], gather: {" + policy + entry + "}}");
    }
    case Scope::repeat:
      return in_job(action + "repeat: {" + std::string(key.name == "until" ? "" : "until: .json, ") + entry + "}");
    case Scope::callback: {
      const std::string run = key.name == "timeout" ? "run: x, " : "";
      return in_job(action + "finally: {" + run + entry + "}");
    }
    case Scope::output_rule: return in_job("run: x, outputs: {a: {" + entry + "}}");
    case Scope::matrix: {
      const std::string axes = "os: [linux, mac], py: [\"3.11\", \"3.12\"], ";
      return in_job("run: x, matrix: {" + axes + entry + "}");
    }
    case Scope::stop: return in_job("run: x, stop: {" + entry + "}");
    case Scope::output: return in_job("run: x, output: {" + entry + "}");
    case Scope::limit: {
      const bool alone = key.name == "concurrency" || key.name == "rate";
      return top("limits: {api: {" + std::string(alone ? "" : "rate: 5/s, ") + entry + "}}");
    }
    case Scope::breaker: {
      const std::string pair = key.name == "slow_ratio"   ? "slow_after: 1s, "
                               : key.name == "slow_after" ? "slow_ratio: 0.5, "
                                                          : "";
      return top("breakers: {api: {" + pair + (key.name == "min_calls" ? "window: 100, " : "") + entry + "}}");
    }
  }
  return {};
}

Lines codes_of(const std::string& text) {
  Lines codes;
  for (const Diagnostic& diagnostic : load_job_file("p", text, options()).diagnostics) codes.push_back(diagnostic.code);
  return codes;
}

}  // namespace

TEST_CASE("every key is described, once, and its scope fits its bounds") {
  for (const Scope scope : scopes()) {
    std::set<std::string_view> names;
    CHECK(keys(scope).size() <= kMostKeys);
    for (const Key& key : keys(scope)) {
      INFO(key.name);
      CHECK(names.insert(key.name).second);
      CHECK(key.decode != nullptr);
      CHECK(key.example.starts_with(std::string(key.name) + ": "));
      CHECK_FALSE(key.accepts.empty());
      CHECK(key.description.ends_with('.'));
      CHECK_FALSE(key.since.empty());
      CHECK(((key.shapes & (kChoice | kMapOfChoices)) != 0) == !key.choices.empty());
      CHECK((!key.fields.has_value() || (key.shapes & (kMap | kMapOfMaps | kMapOfLists)) != 0));
      CHECK(((key.shapes & (kMap | kMapOfMaps)) == 0 || key.fields.has_value()));
    }
  }
}

TEST_CASE("every key's example, default and choices load") {
  for (const Scope scope : scopes()) {
    for (const Key& key : keys(scope)) {
      const auto check = [&](const std::string& entry) {
        const std::string text = file_for(scope, key, entry);
        INFO(text << shown(text));
        CHECK(load_job_file("p", text, options()).file.has_value());
        CHECK(load_job_file("p", text, options()).diagnostics.empty());
      };
      check(std::string(key.example));
      if (!key.default_text.empty()) {
        const bool ineffective = scope == Scope::job && key.name == "join";
        if (!ineffective) check(std::string(key.name) + ": " + std::string(key.default_text));
      }
      if ((key.shapes & kChoice) == 0) continue;
      std::string_view rest = key.choices;
      while (!rest.empty()) {
        const std::string choice(rest.substr(0, rest.find('|')));
        rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
        if ((scope == Scope::gather || scope == Scope::foreach_gather) && key.name == "policy" && choice == "quorum")
          continue;  // needs `n`
        check(std::string(key.name) + ": " + choice);
      }
    }
  }
}

TEST_CASE("every key refuses what it isn't made for") {
  for (const Scope scope : scopes()) {
    for (const Key& key : keys(scope)) {
      const auto check = [&](const std::string& value, std::uint32_t accepted_by) {
        if ((key.shapes & (accepted_by | kAnyValue)) != 0) return;
        const std::string text = file_for(scope, key, std::string(key.name) + ": " + value);
        INFO(text);
        const Lines codes = codes_of(text);
        REQUIRE_FALSE(codes.empty());
        // A map with fields of its own complains about the field.
        CHECK((std::find(codes.begin(), codes.end(), "E101") != codes.end()) ==
              (value.starts_with("{zz") && key.fields.has_value() && (key.shapes & kMapOfLists) == 0));
        CHECK(codes.front()[0] == 'E');
      };
      constexpr std::uint32_t kAnyMap =
          kMap | kMapOfMaps | kMapOfTexts | kMapOfChoices | kMapOfValues | kMapOfStrings | kMapOfTextLists;
      check("{zz: {y: 1}}", kMapOfValues);
      check("{}", kAnyMap);
      check("[]", kStringList | kListOfValues | kListOfMaps);
      check("[[x]]", kListOfValues);
      check("1", kInteger | kNumber | kSize | kCodes | kChoice);
      check("true", kBoolean | kChoice);
      check("zz zz", kString | kText);
      check("", 0);
      check("-1", 0);
    }
  }
}

TEST_CASE("an unknown key lists the valid ones of its scope, and the most similar") {
  CHECK(shown("version: 1\njobs:\n  fetch:\n    run: x\n    retires: 3\n    stop: {grase: 1s}\n") ==
        "error[E101]: unknown key `retires` in job `fetch`\n"
        " --> jobs.yml:5:5\n"
        "  |\n"
        "5 |     retires: 3\n"
        "  |     ^^^^^^^ did you mean `retry`?\n"
        "  = help: valid here: run, http, sql, gather, graph, sleep, needs, join, if, matrix, foreach, repeat, outputs, "
        "on_success, "
        "on_failure, finally, timeout, total_timeout, queue_timeout, idle_timeout, "
        "connect_timeout, "
        "retry, idempotent, hedge, breaker, limit, cache, expect, stop, fallback, continue_on_error, dotenv, env, working_dir, "
        "stdin, "
        "tty, "
        "shell, "
        "output, "
        "description, "
        "tags\n"
        "\n"
        "error[E101]: unknown key `grase` in `stop` of job `fetch`\n"
        " --> jobs.yml:6:12\n"
        "  |\n"
        "6 |     stop: {grase: 1s}\n"
        "  |            ^^^^^ did you mean `grace`?\n"
        "  = help: valid here: signal, grace\n");
  CHECK(findings("version: 1\njobs: {a: {run: x}}\nxyz: 1\n") == Lines{"3:1 E101 unknown key `xyz` in the file"});
  CHECK(findings("version: 1\njobs: {a: {run: x}}\nlimits: {l: {rate: 1/s, xyz: 1}}\n") ==
        Lines{"3:25 E101 unknown key `xyz` in limit `l`"});
  CHECK(findings("version: 1\njobs: {a: {run: x}}\ndefaults: {needs: b, run: c}\n") ==
        Lines{"3:12 E101 unknown key `needs` in `defaults`", "3:22 E101 unknown key `run` in `defaults`"});
}

TEST_CASE("a word of another tool leads to the key that means it") {
  const auto label = [](const std::string& text) {
    const std::string out = shown(text);
    const std::size_t carets = out.find('^');
    const std::size_t start = out.find_first_not_of('^', carets);
    return carets == std::string::npos || out[start] != ' ' ? "" : out.substr(start + 1, out.find('\n', start) - start - 1);
  };
  const auto in_job = [&](const std::string& entry) { return label("version: 1\njobs: {a: {run: x, " + entry + "}}\n"); };
  CHECK(in_job("depends_on: b") == "did you mean `needs`?");
  CHECK(in_job("when: .vars") == "did you mean `if`?");
  CHECK(in_job("allow_failure: true") == "did you mean `continue_on_error`?");
  CHECK(in_job("retry: {count: 3}") == "did you mean `attempts`?");
  CHECK(in_job("foreach: {in: [1]}") == "did you mean `items`?");
  CHECK(in_job("runs-on: linux") == "jobs run on this machine, as they are");
  CHECK(in_job("attempts: 3") == "it belongs into the map of `retry`");
  CHECK(in_job("limits: {}") == "it is a key of the file, at the top");
  CHECK(in_job("x: 1").empty());
  CHECK(in_job("dependsOn: b") == "did you mean `needs`?");
  CHECK(in_job("working-directory: b") == "did you mean `working_dir`?");
  CHECK(in_job("maxAttempts: 3") == "did you mean `retry`?");
  CHECK(in_job("deps: b") == "did you mean `needs`?");
  CHECK(in_job("sources: b").find("cache: {inputs") != std::string::npos);
  CHECK(label("version: 1\ndefaults: {needs: b}\njobs: {a: {run: x}}\n") == "each job says it for itself");
  CHECK(label("version: 1\nretry: 3\njobs: {a: {run: x}}\n") == "for all jobs it is written as `defaults: {retry: …}`");
  CHECK(label("version: 1\nrun: x\njobs: {a: {run: x}}\n") == "it is a key of a job, below its name in `jobs`");
  CHECK(label("version: 1\njobs: {a: {http: {url: 'http://h/', data: x, method: POST}}}\n") == "did you mean `body`?");
  CHECK(label("version: 1\njobs: {a: {http: {url: 'http://h/', timeout: 3s}}}\n") == "it is a key of the job itself");
  CHECK(label("version: 1\non: [push]\njobs: {a: {run: x}}\n") == "corun runs when it is started, such as by cron");
  CHECK(job_findings("{command: make}") == Lines{"3:7 E101 unknown key `command` in job `a`"});
  CHECK(job_findings("{gather: {x: {run: y}}}") ==
        Lines{"3:15 E103 missing key `jobs` in `gather` of job `a`", "3:16 E101 unknown key `x` in `gather` of job `a`"});
}

TEST_CASE("a key that names a unit leads to the duration, in that unit") {
  const auto written = [](const std::string& entry) {
    const LoadResult result = load_job_file("jobs.yml", file_with("{run: x, " + entry + "}"), options());
    REQUIRE(result.diagnostics.size() == 1);  // and no word of a number without its unit
    return result.diagnostics.front().label;
  };
  CHECK(written("timeout-minutes: 10") == "write `timeout: 10m`");
  CHECK(written("timeout_ms: 500") == "write `timeout: 500ms`");
  CHECK(written("timeoutSeconds: 1.5") == "write `timeout: 1.5s`");
  CHECK(written("idle_timeout_hours: 2") == "write `idle_timeout: 2h`");
  CHECK(written("timeout-minutes: 10m") == "did you mean `timeout`?");
  CHECK(written("retry_seconds: 3") == "did you mean `retry`?");  // no duration
}

TEST_CASE("what stands beside the key it belongs to should be indented") {
  const auto labels = [](const std::string& text) {
    const LoadResult result = load_job_file("jobs.yml", text, options());
    Lines found;
    for (const Diagnostic& each : result.diagnostics) found.push_back(each.label);
    return found;
  };
  CHECK(labels("version: 1\njobs:\nbuild:\n  run: make\n").at(1) == "if it belongs to `jobs`, indent it");
  const Lines of_job = labels("version: 1\njobs:\n  build:\n  run: make\n  needs: x\n  other: make\n");
  REQUIRE(of_job.size() == 4);
  CHECK(of_job[1] == "if it belongs to `build`, indent it");
  CHECK(of_job[2] == of_job[1]);
  CHECK(of_job[3] == "write it like `other: {run: echo hello}`");
  CHECK(labels("version: 1\njobs:\n\u00A0\u00A0build: {run: x}\n").at(1) ==
        "it begins with a no-break space: indent with plain ones");
  CHECK(labels("version: 1\nname: x\nzzz: 1\njobs: {a: {run: x}}\n") == Lines{""});
}

TEST_CASE("required keys") {
  CHECK(findings("jobs: {a: {run: x}}\n") == Lines{"1:1 E103 missing key `version` in the file"});
  CHECK(findings("version: 1\n") == Lines{"1:1 E103 missing key `jobs` in the file"});
  CHECK(job_findings("{http: {method: GET}}") == Lines{"3:13 E103 missing key `url` in `http` of job `a`"});
  CHECK(job_findings("{gather: {}}") == Lines{"3:15 E103 missing key `jobs` in `gather` of job `a`"});
}

TEST_CASE("a wrong type says what was expected and how to write it") {
  CHECK(shown("version: 1\njobs:\n  a: {run: x, tags: {b: c}}\n") ==
        "error[E104]: expected a string or a list of strings for `tags` of job `a`, found a map\n"
        " --> jobs.yml:3:21\n"
        "  |\n"
        "3 |   a: {run: x, tags: {b: c}}\n"
        "  |                     ^^^^^^ write it like `tags: [slow, db]`\n");
  CHECK(shown("version: 1\njobs:\n  a: {run: true}\n") ==
        "error[E104]: expected a string for `run` of job `a`, found a boolean\n"
        " --> jobs.yml:3:12\n"
        "  |\n"
        "3 |   a: {run: true}\n"
        "  |            ^^^^ quote it: \"true\"\n");
  CHECK(shown("version: 1\njobs:\n  a: {run: x, timeout: 30}\n") ==
        "error[E105]: bare number as duration for `timeout` of job `a`\n"
        " --> jobs.yml:3:24\n"
        "  |\n"
        "3 |   a: {run: x, timeout: 30}\n"
        "  |                        ^^ write `30s`\n"
        "  = help: units: ns, us, ms, s, m, h, d\n");
}

TEST_CASE("all errors of a file in one pass, by place, at most twenty") {
  std::string text = "version: 1\njobs:\n";
  for (int i = 0; i < 30; ++i) text += "  j" + std::to_string(i) + ": {run: x, timeout: 5}\n";
  text += "timeout: 7\n";
  const LoadResult result = load_job_file("p", text);
  CHECK_FALSE(result.file.has_value());
  REQUIRE(result.diagnostics.size() == 20);
  CHECK(result.omitted == 11);
  for (std::uint32_t i = 0; i < 20; ++i) CHECK(result.diagnostics[i].place.line == i + 3);
  CHECK(render_all(result.diagnostics, result.omitted, result.sources).ends_with("\n… and 11 more\n"));

  LoadOptions options;
  options.max_diagnostics = 100;
  CHECK(load_job_file("p", text, options).diagnostics.size() == 31);
}

TEST_CASE("a file of errors stays fast and small") {
  std::string text = "version: 1\njobs:\n";
  for (int i = 0; i < 20'000; ++i)
    text += "  j" + std::to_string(i) + ": {run: x, needs: nothing_like_it_" + std::to_string(i) + ", retires: 3}\n";
  const LoadResult result = load_job_file("p", text);
  CHECK(result.diagnostics.size() == 20);
  CHECK(result.omitted == 39'980);
}

TEST_CASE("a misspelt key is read as the one that is meant: it isn't missing too, and its value is checked") {
  CHECK(findings("Version: 1\nJobs:\n  a: {rnu: x, timout: 5}\n") ==
        Lines{"1:1 E101 unknown key `Version` in the file", "2:1 E101 unknown key `Jobs` in the file",
              "3:7 E101 unknown key `rnu` in job `a`", "3:15 E101 unknown key `timout` in job `a`",
              "3:23 E105 bare number as duration for `timeout` of job `a`"});
  CHECK(findings("version: 1\njobs: {a: {run: x, rnu: y}}\n") == Lines{"2:20 E101 unknown key `rnu` in job `a`"});
}

TEST_CASE("what has a name of the file's and should be a map says how to write it") {
  CHECK(shown("version: 1\nlimits: {x: 3}\njobs: {a: {run: x}}\n") ==
        "error[E104]: expected a map for limit `x`, found a number\n"
        " --> jobs.yml:2:13\n"
        "  |\n"
        "2 | limits: {x: 3}\n"
        "  |             ^ write it like `{concurrency: 8}`\n");
}
