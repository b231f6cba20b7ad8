// What the keys of jobs come to: actions, settings of processes, ids, names. Knows nothing of edges.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

const RunSpec& run_of(const Job& it) { return *std::get<std::unique_ptr<RunSpec>>(it.action); }
const GatherSpec& gather_of(const Job& it) { return *std::get<std::unique_ptr<GatherSpec>>(it.action); }

}  // namespace

TEST_CASE("the top level") {
  const JobFile file = load(R"(version: 1
name: nightly
description: Sync
vars: {api: "https://h", pages: 40, list: [1, a]}
env: {LANG: C, N: 5, B: true}
timeout: 1h
jobs: {a: {run: x}}
)");
  CHECK(file.path == "dir/jobs.yml");
  CHECK(file.name == "nightly");
  CHECK(file.description == "Sync");
  CHECK(file.vars.at("pages").kind == Value::Kind::number);
  CHECK(to_json(file.vars.at("list")) == "[1,\"a\"]");
  REQUIRE(file.env.size() == 3);
  CHECK(file.env[1].text.text == "5");
  CHECK(file.env[2].text.text == "true");
  CHECK(file.timeout == 1h);
}

TEST_CASE("a file without a name has its path's") {
  const auto name = [](std::string path) {
    return load_job_file(std::move(path), "version: 1\njobs: {a: {run: x}}\n").file->name;
  };
  CHECK(name("dir.d/nightly.yml") == "nightly");
  CHECK(name("nightly") == "nightly");
  CHECK(name(".hidden") == ".hidden");
  CHECK(name("<stdin>") == "<stdin>");
}

TEST_CASE("the version must be 1") {
  CHECK(findings("version: 2\njobs: {a: {run: x}}\n") == Lines{"1:10 E115 version 2 of the format is unknown"});
  CHECK(findings("version: '1'\njobs: {a: {run: x}}\n") ==
        Lines{"1:10 E104 expected the number 1 for `version`, found a string"});
}

TEST_CASE("run") {
  const Job script = job("{run: 'echo ${{ .x }}'}");
  CHECK(run_of(script).script.text == "echo ${{ .x }}");
  CHECK(run_of(script).argv.empty());
  const Job argv = job("{run: [sleep, 5, true, '']}");
  REQUIRE(run_of(argv).argv.size() == 4);
  CHECK(run_of(argv).argv[1].text == "5");
  CHECK(run_of(argv).argv[2].text == "true");
  CHECK(run_of(argv).script.text.empty());

  CHECK(job_findings("{run: ''}") == Lines{"3:12 E114 `run` of job `a` is empty"});
  CHECK(job_findings("{run: ' '}") == Lines{"3:12 E114 `run` of job `a` is empty"});
  CHECK(job_findings("{run: []}") == Lines{"3:12 E114 `run` of job `a` is an empty list"});
  CHECK(job_findings("{run: ['', x]}") == Lines{"3:12 E114 the program's name is empty in `run` of job `a`"});
  CHECK(job_findings("{run: [x, ~]}") == Lines{"3:16 E104 expected a string for `run` of job `a`, found nothing"});
  CHECK(job_findings("{run: 5}") == Lines{"3:12 E104 expected a string for `run` of job `a`, found a number"});
  CHECK(job_findings("{run: \"a\\0b\"}") == Lines{"3:12 E106 `run` of job `a` holds a NUL character"});
  CHECK(job_findings("{run: 'x ${{ .a'}") == Lines{"3:12 E113 an expression that isn't closed in `run` of job `a`"});
  CHECK(job_findings("{run: 'x ${{ .a }} ${{ .b'}").size() == 1);
}

TEST_CASE("a job has exactly one action") {
  CHECK(job_findings("{description: x}") == Lines{"3:3 E110 job `a` has no action"});
  CHECK(job_findings("{}") == Lines{"3:3 E110 job `a` has no action"});
  CHECK(job_findings("") == Lines{"3:3 E104 expected a map with an action for job `a`, found nothing"});
  CHECK(job_findings("echo hello") == Lines{"3:6 E104 expected a map with an action for job `a`, found a string"});
  CHECK(shown("version: 1\njobs:\n  a:\n    http: https://h/\n    run: x\n") ==
        "error[E109]: job `a` has two actions: `run` and `http`\n"
        " --> jobs.yml:4:11\n"
        "  |\n"
        "4 |     http: https://h/\n"
        "  |           ^^^^^^^^^^ a job has one action\n"
        "  = help: make two jobs of it, or a `gather`\n"
        "note: `run` is here\n"
        " --> jobs.yml:5:10\n"
        "  |\n"
        "5 |     run: x\n"
        "  |          ^\n");
}

TEST_CASE("braces without a dollar sign are warned of where they look like an expression") {
  CHECK(shown("version: 1\njobs: {a: {run: 'echo {{ item.name }}', foreach: [1]}}\n") ==
        "warning[W004]: `{{ item.name }}` is no expression: it stays as it is\n"
        " --> jobs.yml:2:17\n"
        "  |\n"
        "2 | jobs: {a: {run: 'echo {{ item.name }}', foreach: [1]}}\n"
        "  |                 ^^^^^^^^^^^^^^^^^^^^^^ write `${{ .item.name }}`\n");
  CHECK(job_findings("{run: 'x {{ .vars.a }} {{vars.b}}'}") ==
        Lines{"3:12 W004 `{{ .vars.a }}` is no expression: it stays as it is"});
  for (const char* text :
       {"{{ .Names }}", "{{ items }}", "{{env \"X\"}}", "{{ vars", "{{}}", "$${{ .vars.a }}", "{{ 1 }} {{ .it }}"}) {
    INFO(text);
    CHECK(job_findings("{run: 'x " + std::string(text) + "'}").empty());
  }
  CHECK(job_findings("{http: 'http://h/{{ x }}'}") ==
        Lines{"3:13 E117 a URL can't hold spaces; an expression is written `${{ … }}`"});
}

TEST_CASE("the policy of a foreach is written in it") {
  CHECK(job_findings("{foreach: [1], gather: settled, run: x}") == Lines{"3:29 E109 `gather` beside `foreach` in job `a`"});
  CHECK(job_findings("{foreach: [1], gather: {jobs: {b: {run: x}}}}").empty());
}

TEST_CASE("sleep") {
  CHECK(std::get<SleepSpec>(job("{sleep: 250ms}").action).duration == 250ms);
  CHECK(std::get<SleepSpec>(job("{sleep: 0s}").action).duration == 0s);
  CHECK(job_findings("{sleep: 1}") == Lines{"3:14 E105 bare number as duration for `sleep` of job `a`"});
  CHECK(job_findings("{sleep: '1'}") == Lines{"3:14 E105 bare number as duration for `sleep` of job `a`"});
}

TEST_CASE("gather, its members' names and ids") {
  const JobFile file = load(R"(version: 1
jobs:
  first: {run: x}
  g:
    gather:
      policy: quorum
      n: 1
      order: completion
      jobs:
        m: {run: x}
        inner: {gather: {on_failure: continue, jobs: {deep: {sleep: 1s}}}}
  last: {gather: {policy: settled, jobs: {}}}
)");
  const std::vector<Job>& jobs = file.top.jobs;
  const GatherSpec& g = gather_of(jobs.at(1));
  CHECK(g.policy == GatherPolicy::quorum);
  CHECK(g.quorum == 1);
  CHECK(g.completion_order);
  CHECK_FALSE(g.continue_on_failure);
  const GatherSpec& inner = gather_of(g.group->jobs.at(1));
  CHECK(inner.policy == GatherPolicy::all);
  CHECK(inner.continue_on_failure);
  CHECK(inner.group->jobs.at(0).name == "g/inner/deep");
  CHECK(jobs[0].id == 0);
  CHECK(jobs[1].id == 1);
  CHECK(g.group->jobs[0].id == 2);
  CHECK(g.group->jobs[1].id == 3);
  CHECK(inner.group->jobs[0].id == 4);
  CHECK(jobs[2].id == 5);
  CHECK(gather_of(jobs[2]).group->jobs.empty());
}

TEST_CASE("gathers that can't be decided") {
  for (const char* policy : {"any", "race", "quorum"}) {
    CHECK(job_findings("{gather: {policy: " + std::string(policy) + ", jobs: {}}}") ==
          Lines{"3:15 E208 `gather` of job `a` has no members: its policy can't be met"});
  }
  const std::string members = "jobs: {x: {sleep: 1s}, y: {sleep: 1s}}}}";
  CHECK(job_findings("{gather: {policy: quorum, n: 3, " + members) ==
        Lines{"3:15 E207 `gather` of job `a` wants 3 of its 2 members"});
  CHECK(job_findings("{gather: {policy: quorum, n: 2, " + members).empty());
  CHECK(job_findings("{gather: {policy: quorum, " + members) ==
        Lines{"3:15 E207 the policy `quorum` needs `n` in `gather` of job `a`"});
  CHECK(job_findings("{gather: {n: 1, " + members) == Lines{"3:15 E118 `n` is for the policy `quorum` in `gather` of job `a`"});
  CHECK(job_findings("{gather: {policy: any, on_failure: cancel, " + members) ==
        Lines{"3:15 E118 `on_failure` is for the policy `all` in `gather` of job `a`"});
}

TEST_CASE("names of jobs") {
  CHECK(findings("version: 1\njobs: {}\n") == Lines{"2:7 E114 `jobs` is empty"});
  CHECK(findings("version: 1\njobs: {a/b: {run: x}, 1: {run: x}}\n") ==
        Lines{"2:8 E112 `a/b` can't be the name of a job", "2:23 E112 `1` can't be the name of a job"});
}

TEST_CASE("settings of processes") {
  const Job it =
      job("{run: x, env: {A: 1, B: '${{ .b }}'}, working_dir: d, stdin: in, shell: [bash, -c], output: {max: 64KiB, file: f}}");
  REQUIRE(it.process);
  REQUIRE(it.process->env.size() == 2);
  CHECK(it.process->env[0].name == "A");
  CHECK(it.process->env[0].text.text == "1");
  CHECK(it.process->working_dir->text == "d");
  CHECK(it.process->stdin_text->text == "in");
  CHECK(it.process->shell == Lines{"bash", "-c"});
  CHECK(it.process->output_max == 65536);
  CHECK(it.process->output_file->text == "f");
  CHECK_FALSE(job("{run: x}").process);
  CHECK(job("{run: x, shell: bash}").process->shell == Lines{"bash"});

  CHECK(job_findings("{run: x, env: {A=B: 1, '': 2}}").size() == 2);
  CHECK(job_findings("{run: x, shell: bash -c}") == Lines{"3:22 E106 a shell with arguments is a list for `shell` of job `a`"});
  CHECK(job_findings("{run: x, shell: []}") == Lines{"3:22 E114 `shell` of job `a` is empty"});
  CHECK(job_findings("{run: x, shell: '${{ .s }}'}") == Lines{"3:22 E113 expressions aren't evaluated in `shell` of job `a`"});
}

TEST_CASE("keys that don't work with the action") {
  for (const char* key : {"env: {A: b}", "working_dir: d", "stdin: s", "shell: bash", "output: {max: 1}", "stop: {grace: 1s}"}) {
    const Lines lines = job_findings("{http: 'https://h/', " + std::string(key) + "}");
    INFO(key);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find(" E111 ") != std::string::npos);
    CHECK(job_findings("{http: 'https://h/', fallback: {run: x}, " + std::string(key) + "}").empty());
  }
  CHECK(job_findings("{run: x, connect_timeout: 1s}") == Lines{"3:32 E111 `connect_timeout` of job `a` doesn't work on a `run`"});
  CHECK(job_findings("{sleep: 1s, idle_timeout: 1s}").size() == 1);
  CHECK(job_findings("{sleep: 1s, retry: 2}").size() == 1);
  CHECK(job_findings("{sleep: 1s, idempotent: true}").size() == 1);
  CHECK(job_findings("{sql: {dsn: 'host=h', query: select 1}, idle_timeout: 1s}") ==
        Lines{"3:60 E111 `idle_timeout` of job `a` doesn't work on an `sql`"});
  CHECK(job_findings("{run: x, expect: {status: 200}}") ==
        Lines{"3:32 E111 `status` of `expect` of job `a` doesn't work on a `run`"});
  CHECK(job_findings("{http: 'https://h/', retry: {attempts: 2, on: {exit_codes: 1}}}").size() == 1);
  for (const char* key :
       {"breaker: {}", "limit: l", "queue_timeout: 1s", "idle_timeout: 1s", "stop: {grace: 1s}", "env: {A: b}"}) {
    INFO(key);
    CHECK(job_findings("{gather: {jobs: {m: {run: x}}}, " + std::string(key) + "}").size() == 1);
  }
  CHECK(job_findings("{gather: {jobs: {m: {run: x}}}, timeout: 1s, total_timeout: 2s, retry: 2, fallback: {run: y}, "
                     "continue_on_error: true}")
            .empty());
}

TEST_CASE("fallbacks") {
  const Job run = job("{run: x, fallback: {run: [cat, last]}}");
  REQUIRE(run.fallback);
  CHECK(std::get<std::unique_ptr<RunSpec>>(*run.fallback)->argv.size() == 2);
  const Job output = job("{run: x, fallback: {output: {items: []}}}");
  CHECK(to_json(std::get<std::unique_ptr<OutputSpec>>(*output.fallback)->value) == "{\"items\":[]}");
  const Job http = job("{run: x, fallback: {http: 'https://h/'}}");
  CHECK(std::get<std::unique_ptr<HttpSpec>>(*http.fallback)->url.text == "https://h/");
  CHECK_FALSE(job("{run: x}").fallback);

  CHECK(job_findings("{run: x, fallback: {}}") == Lines{"3:25 E110 `fallback` of job `a` is empty"});
  CHECK(job_findings("{run: x, fallback: {run: y, output: z}}") == Lines{"3:34 E109 `fallback` of job `a` has two actions"});
  CHECK(job_findings("{run: x, fallback: {gather: {jobs: {}}}}") ==
        Lines{"3:26 E101 unknown key `gather` in `fallback` of job `a`"});
  CHECK(job_findings("{run: x, fallback: y}").size() == 1);
}

TEST_CASE("notes and continue_on_error") {
  const Job it = job("{run: x, description: Does x, tags: [slow, db], continue_on_error: true}");
  CHECK(it.notes->description == "Does x");
  CHECK(it.notes->tags == Lines{"slow", "db"});
  CHECK(it.continue_on_error);
  const Job plain = job("{run: x}");
  CHECK_FALSE(plain.notes);
  CHECK_FALSE(plain.continue_on_error);
}

TEST_CASE("a list that looks like several commands is warned of") {
  CHECK(job_findings("{run: [make all, make test]}") == Lines{"3:12 W006 no program is called `make all`, most likely"});
  CHECK(job_findings("{run: [make, make test]}").empty());
  CHECK(job_findings("{run: [/opt/my tool, x]}").empty());
  CHECK(job_findings("{run: ['${{ .vars.program }}', x]}").empty());
}
