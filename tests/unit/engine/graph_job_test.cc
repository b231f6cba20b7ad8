// Another file's jobs as one job: verdict, values, callbacks.
#include "catch.h"
#include "engine/check_expressions.h"
#include "graph/load.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

/// Loads `text`, in which a graph's file `sub` is `sub`, into the world; each job's script is a success that takes 1s.
void load(World& world, const std::string& text, const std::string& sub) {
  LoadOptions options;
  options.read_file = [&](const std::string&) { return Result<std::string>(sub); };
  LoadResult loaded = load_job_file("main", "version: 1\n" + text, options);
  INFO(render_all(loaded.diagnostics, loaded.omitted, loaded.sources));
  REQUIRE(loaded.file.has_value());
  world.file = std::move(*loaded.file);
  world.executor.default_script = {{1s, 0}};
  for (const Job& job : world.file.top.jobs) world.ids[job.name] = job.id;
}

std::string sub_file(const std::string& text) { return "version: 1\n" + text; }

}  // namespace

TEST_CASE("a graph succeeds when all its jobs have; they run by their needs") {
  World world;
  load(world, "jobs: {s: {graph: {file: sub}}, after: {run: [x], needs: s}}\n",
       sub_file("jobs: {a: {run: [x]}, b: {run: [x], needs: a}}\n"));
  world.run();
  CHECK(world.result("s").state == JobState::succeeded);
  CHECK(world.ended("s/a") == 1s);
  CHECK(world.ended("s/b") == 2s);
  CHECK(world.ended("s") == 2s);
  CHECK(world.ended("after") == 3s);
}

TEST_CASE("a graph fails if any job does, and its independent jobs go on") {
  World world;
  load(world, "jobs: {s: {graph: {file: sub}}}\n",
       sub_file("jobs: {a: {run: [x]}, b: {run: [x], needs: a}, c: {run: [x]}, d: {run: [x], continue_on_error: true}}\n"));
  world.executor.scripts["s/a"] = {{1s, 3}};
  world.executor.scripts["s/c"] = {{5s, 0}};
  world.executor.scripts["s/d"] = {{1s, 4}};
  SECTION("as in a run") {
    world.run();
    CHECK(world.result("s").outcome.kind == FailureKind::group);
    CHECK(world.result("s").outcome.message == "`s/a`: exit code 3; `s/d`: exit code 4");
    CHECK(world.executor.calls.count("s/b") == 0);
    CHECK(world.ended("s/c") == 5s);
    CHECK(world.ended("s") == 5s);
  }
  SECTION("--fail-fast ends the others") {
    world.settings.fail_fast = true;
    world.run();
    CHECK(world.ended("s/c") == 1s);
    CHECK(world.result("s").state == JobState::failed);
  }
  SECTION("what may fail isn't a failure") {
    world.executor.scripts["s/a"] = {{1s, 0}};
    world.run();
    CHECK(world.result("s").state == JobState::succeeded);
  }
}

TEST_CASE("a graph's outputs are its file's, below those of the job; only its file's names are seen inside") {
  World world;
  load(
      world,
      "jobs:\n"
      "  n: {run: [x], outputs: {seven: '3 + 4'}}\n"
      "  s:\n"
      "    needs: n\n"
      "    graph: {file: sub, vars: {count: '${{ .jobs.n.outputs.seven }}'}}\n"
      "    outputs: {own: '.jobs.a.state', both: '.jobs.n.outputs.seven', list: '.results | length', twice: .outputs.given * 2}\n"
      "  check:\n"
      "    needs: s\n"
      "    run: [x]\n"
      "    if: '.jobs.s.outputs == {given: 7, other: \"us\", both: 7, own: \"succeeded\", list: 2, twice: 14, run: \"test\"}'\n",
      sub_file("vars: {count: 1, other: us}\n"
               "jobs: {a: {run: [x], if: .vars.count == 7}, b: {run: [x], needs: a, if: '.jobs | keys == [\"a\"]'}}\n"
               "outputs: {given: .vars.count, other: .vars.other, both: '0', run: .run.id}\n"));
  world.run();
  CHECK(world.result("s").outcome.message.empty());
  CHECK(world.result("check").state == JobState::succeeded);
  CHECK(world.ended("s/b") == 3s);
}

TEST_CASE("an output that can't be evaluated fails the graph; so does a value for it") {
  World world;
  SECTION("output") {
    load(world, "jobs: {s: {graph: {file: sub}, outputs: {x: '1'}}}\n",
         sub_file("jobs: {a: {run: [x]}}\noutputs: {bad: '.jobs.a.state + 1'}\n"));
    world.run();
    CHECK(world.result("s").state == JobState::failed);
    CHECK(world.result("s").outcome.message.starts_with("output `bad`: line 3 of sub: "));
  }
  SECTION("value") {
    load(world, "jobs: {s: {graph: {file: sub, vars: {x: '${{ .attempt | error }}'}}}}\n",
         sub_file("vars: {x: 1}\njobs: {a: {run: [x]}}\n"));
    world.run();
    CHECK(world.result("s").state == JobState::failed);
    CHECK(world.executor.calls.empty());
  }
}

TEST_CASE("a foreach over a graph: another run of it for each item") {
  World world;
  load(world,
       "jobs:\n"
       "  s:\n"
       "    foreach: {items: [1, 2, 3], as: n, gather: settled}\n"
       "    graph: {file: sub, vars: {number: '${{ .n }}'}}\n"
       "  check: {needs: s, run: [x], if: '[.jobs.s.outputs[].double] == [2, 4, 6]'}\n",
       sub_file("vars: {number: 0}\njobs: {a: {run: [x]}, g: {gather: {jobs: {m: {run: [x]}}}}}\n"
                "finally: {tidy: {run: [x]}}\noutputs: {double: .vars.number * 2}\n"));
  SECTION("all succeed") {
    world.run();
    CHECK(world.result("check").state == JobState::succeeded);
    CHECK(world.executor.calls.count("s[2]/g/m") == 1);
    CHECK(world.ended("s[1]/finally/tidy") == 2s);
    CHECK(world.ended("s") == 2s);
  }
  SECTION("a failure inside has the item's name") {
    world.executor.scripts["s[1]/g/m"] = {{1s, 1}};
    world.file.top.jobs[0].flow->foreach->policy = GatherPolicy::all;
    world.file.top.jobs[0].flow->foreach->continue_on_failure = true;
    world.run();
    CHECK(world.result("s").outcome.message == "1 of 3 items failed: `s[1]`: `s[1]/g`: `s[1]/g/m`: exit code 1");
  }
}

TEST_CASE("a graph's callbacks come at its end, whatever has ended it") {
  World world;
  load(world, "jobs: {s: {graph: {file: sub}}}\n",
       sub_file("timeout: 30s\njobs: {a: {run: [x]}}\non_success: {ok: {run: [x]}}\non_failure: {bad: {run: [x]}}\nfinally: "
                "{tidy: {run: [x], if: .jobs.a.state != \"skipped\"}}\n"));
  SECTION("succeeded") {
    world.run();
    CHECK(world.executor.calls.count("s/on_failure/bad") == 0);
    CHECK(world.ended("s/on_success/ok") == 2s);
    CHECK(world.ended("s/finally/tidy") == 3s);
    CHECK(world.ended("s") == 3s);
  }
  SECTION("failed") {
    world.executor.scripts["s/a"] = {{1s, 1}};
    world.executor.scripts["s/on_failure/bad"] = {{1s, 1}};
    world.run();
    CHECK(world.ended("s/on_failure/bad") == 2s);
    CHECK(world.ended("s/finally/tidy") == 3s);
    CHECK(world.result("s").outcome.message == "`s/a`: exit code 1");
  }
  SECTION("a callback that fails is the graph's failure") {
    world.executor.scripts["s/finally/tidy"] = {{1s, 5}};
    world.run();
    CHECK(world.result("s").outcome.message == "`s/finally/tidy`: exit code 5");
  }
  SECTION("out of time") {
    world.executor.scripts["s/a"] = {{60s, 0}};
    world.run();
    CHECK(world.result("s").state == JobState::timed_out);
    CHECK(world.ended("s/a") == 30s);
    CHECK(world.ended("s/finally/tidy") == 32s);
    CHECK(world.ended("s") == 32s);
  }
  SECTION("interrupted") {
    world.interrupt_at = 500ms;
    world.run();
    CHECK(world.result("s").state == JobState::cancelled);
    CHECK(world.ended("s/finally/tidy") == 2500ms);
    CHECK(world.executor.running == 0);
  }
}

TEST_CASE("a graph is tried again as a whole, and has a fallback, as any job") {
  World world;
  load(world,
       "jobs:\n  s: {graph: {file: sub}, retry: {attempts: 2, delay: 1s, jitter: none}, fallback: {output: {x: 0}}}\n"
       "  check: {needs: s, run: [x], if: true}\n",
       sub_file("jobs: {a: {run: [x]}, b: {run: [x]}}\noutputs: {x: '1'}\n"));
  Text& condition = *world.file.top.jobs[1].flow->condition;
  SECTION("the second time") {
    condition.text = ".jobs.s.outputs.x == 1";
    world.executor.scripts["s/a"] = {{1s, 1}, {1s, 0}};
    world.run();
    CHECK(world.result("s").attempts == 2);
    CHECK(world.executor.calls["s/b"] == 2);
    CHECK(world.result("check").state == JobState::succeeded);
  }
  SECTION("never") {
    condition.text = ".jobs.s.outputs.x == 0";
    world.executor.scripts["s/a"] = {{1s, 1}};
    world.run();
    CHECK(world.result("s").state == JobState::degraded);
    CHECK(world.result("check").state == JobState::succeeded);
  }
}

TEST_CASE("inside a graph nothing of the outer file is seen") {
  const std::string outer =
      "vars: {v: 1}\njobs:\n  n: {run: [x]}\n  s: {foreach: {items: [1], as: it}, needs: n, graph: {file: sub}}\n";
  const auto errors_of = [&](const std::string& expression) {
    World world;
    load(world, outer, sub_file("vars: {own: 1}\njobs: {a: {run: [x]}, b: {needs: a, run: ['${{ " + expression + " }}']}}\n"));
    std::vector<ExpressionError> errors;
    Json vars = Json::map();
    vars.set("v", Json::number(1));
    const Variables variables(vars, {}, Json());
    check_expressions(world.file, variables, errors);
    for (const ExpressionError& error : errors) CHECK(error.place.file == 1);
    return errors.empty() ? std::string() : errors.front().message;
  };
  CHECK(errors_of(".vars.own") == "");
  CHECK(errors_of(".jobs.a.state") == "");
  CHECK(errors_of(".vars.v") == "undefined variable `v`");
  CHECK(errors_of(".jobs.n.state") == "no job `n` can be seen from here");
  CHECK(errors_of(".it") == "unknown name `.it` in expression");
}

TEST_CASE("names of a result that would mislead are errors") {
  const auto errors_of = [](const std::string& job) {
    World world;
    load(world, "jobs: {s: " + job + "}\n", sub_file("jobs: {a: {run: [x]}}\n"));
    std::vector<ExpressionError> errors;
    check_expressions(world.file, Variables(), errors);
    std::string messages;
    for (const ExpressionError& error : errors) messages += error.message + '\n';
    return messages;
  };
  SECTION("an item's, where the result has it too") {
    const std::string either = "`.file` could be the item or what the job's result has by this name\n";
    const std::string start = "{foreach: {items: [1], as: file}, run: ['${{ .file }}'], ";
    CHECK(errors_of(start + "outputs: {x: .status}}").empty());
    CHECK(errors_of(start + "outputs: {x: .file, y: '.file | length'}}") == either + either);
    CHECK(errors_of(start + "expect: {json: .file == 1}}") == either);
    CHECK(errors_of("{foreach: {items: [1], as: outputs}, graph: {file: sub}, outputs: {x: .outputs}}") ==
          "`.outputs` could be the item or what the job's result has by this name\n");
  }
  SECTION("of a body that is saved") {
    const std::string start = "{http: {url: 'http://h/', save: f}, ";
    CHECK(errors_of(start + "expect: {json: .size > 0}, outputs: {x: .file, y: .headers}}").empty());
    CHECK(errors_of(start + "expect: {json: .json.ok}}") ==
          "there is no `.json` for `expect`: `save` puts the body into a file\n");
    CHECK(errors_of(start + "expect: {body: ok}}") == "there is no body for `expect: {body: …}`: `save` puts it into a file\n");
    CHECK(errors_of(start + "outputs: {x: '.lines | length'}}") ==
          "there is no `.lines` for `outputs`: `save` puts the body into a file\n");
    CHECK(errors_of(start + "outputs: {x: {regex: a}}}") == "there is no body for `outputs`: `save` puts it into a file\n");
  }
  SECTION("an item's, in a callback of the whole") {
    CHECK(errors_of("{foreach: [1], run: ['${{ .item }}'], finally: {run: ['${{ .error }}']}}").empty());
    CHECK(errors_of("{foreach: [1], run: [x], finally: {run: ['${{ .item }}']}}") == "unknown name `.item` in expression\n");
    CHECK(errors_of("{foreach: [1], gather: {jobs: {m: {run: [x], finally: {run: ['${{ .item }}']}}}}}").empty());
  }
  SECTION("`.outputs` of what isn't a graph") {
    CHECK(errors_of("{run: [x], outputs: {x: .outputs}}") == "unknown name `.outputs` in expression\n");
  }
}

TEST_CASE("suggestions for names that aren't there have a bound") {
  Json vars = Json::map();
  for (int i = 0; i < 20'000; ++i) vars.set("a_variable_" + std::to_string(i), Json());
  const Variables variables(vars, {}, Json());
  World world;
  std::string jobs = "jobs:\n";
  for (int i = 0; i < 100; ++i) jobs += "  j" + std::to_string(i) + ": {run: ['${{ .vars.a_variable_1x }}']}\n";
  load(world, jobs, "");
  std::vector<ExpressionError> errors;
  check_expressions(world.file, variables, errors);
  REQUIRE(errors.size() == 100);
  CHECK(errors.front().label == "did you mean `.vars.a_variable_1`?");
  CHECK(errors.back().label.empty());
}
