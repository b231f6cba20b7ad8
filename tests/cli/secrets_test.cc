// Secrets: where they come from, and that nothing shows them.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kSecret = "secret-tok-12345";

std::string in_file(const std::string& jobs) { return "version: 1\nsecrets: {token: {env: API_TOKEN}}\njobs:\n" + jobs; }

}  // namespace

TEST_CASE("secrets, and what is made of them, are shown nowhere") {
  const std::string file = R"(version: 1
secrets: {token: {env: API_TOKEN}, key: {file: key.txt}}
vars: {auth: "Bearer ${{ .secrets.token }}", reversed: "${{ .secrets.token | explode | reverse | implode }}"}
jobs:
  whole: {run: 'echo "$T" "$R"', env: {T: "${{ .vars.auth }}", R: "${{ .vars.reversed }}"}}
  pieces: {needs: whole, run: 'printf "sec"; printf "ret-tok-1"; echo 2345', outputs: {upper: ".secrets.token | ascii_upcase"}}
  derived: {needs: pieces, run: 'echo "$U"', env: {U: "${{ .jobs.pieces.outputs.upper | .[0:9] }}"}}
  encoded: {needs: derived, run: 'printf %s "$K" | base64', env: {K: "${{ .secrets.key }}"}}
  failing: {needs: encoded, run: 'echo "no $K" >&2; exit 3', env: {K: "${{ .secrets.key }}"}, continue_on_error: true}
)";
  CorunTest()
      .file("jobs.yaml", file)
      .file("key.txt", "the key of all\n")
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("*** ***\n***\n***\n***\nno ***\n")
      .expect_stderr(
          "[1/5] ok <time> whole\n[2/5] ok <time> pieces\n[3/5] ok <time> derived\n[4/5] ok <time> encoded\n"
          "[5/5] FAIL <time> failing: exit code 3 (allowed)\n5 jobs: 4 ok, 1 failed as allowed in <time>\n")
      .run();
}

TEST_CASE("events and messages hide secrets, too") {
  CorunTest()
      .file("jobs.yaml",
            in_file("  a: {foreach: {items: [1], key: .secrets.token}, http: \"http://127.0.0.1:9/${{ .secrets.token }}\"}\n"))
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "-qq", "--no-state"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL a[***]: ", "FAIL a: 1 of 1 items failed: `a[***]`: "})
      .run();
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: \"echo $T\", env: {T: \"${{ .secrets.token }}\"}}\noutputs: {t: .secrets.token}\n"))
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "-o", "ndjson", "-qq", "--no-state"})
      .expect_stdout_parts({"\"text\":\"***\\n\"", "\"outputs\":{\"t\":\"***\"}"})
      .run();
}

TEST_CASE("a plan shows no secret, and needs none") {
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: [echo, \"${{ .secrets.token }}\"], env: {T: \"x${{ .secrets.token }}\"}}\n"))
      .args({"plan", "jobs.yaml"})
      .expect_stdout_parts({"run T='x***' echo '***'\n"})
      .run();
}

TEST_CASE("a secret that isn't there") {
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: \"true\"}\n"))
      .args({"run", "jobs.yaml"})
      .expect_exit(78)
      .expect_stderr("corun: jobs.yaml:2:11: secret `token`: `API_TOKEN` isn't set in the environment\n")
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\nsecrets: {key: {file: no.txt}}\njobs: {a: {run: \"true\"}}\n")
      .args({"run", "jobs.yaml"})
      .expect_exit(78)
      .expect_stderr("corun: jobs.yaml:2:11: secret `key`: can't read `no.txt`: No such file or directory\n")
      .run();
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: \"echo $T\", env: {T: \"${{ .secrets.tokn }}\"}}\n"))
      .args({"check", "jobs.yaml"})
      .expect_exit(78)
      .expect_stderr_parts({"undefined secret `tokn`", "did you mean `.secrets.token`?"})
      .run();
}

TEST_CASE("--secret takes a name, a file or standard input, never a literal") {
  const std::string file = in_file("  a: {run: 'test \"$T\" = \"from elsewhere\"', env: {T: \"${{ .secrets.token }}\"}}\n");
  CorunTest()
      .file("jobs.yaml", file)
      .standard_input("from elsewhere\n")
      .args({"run", "jobs.yaml", "-q", "--secret", "token=-"})
      .run();
  CorunTest().file("jobs.yaml", file).file("t", "from elsewhere").args({"run", "jobs.yaml", "-q", "--secret=token=@t"}).run();
  CorunTest().file("jobs.yaml", file).env("token", "from elsewhere").args({"run", "jobs.yaml", "-q", "--secret", "token"}).run();
  CorunTest()
      .file("jobs.yaml", file)
      .args({"run", "jobs.yaml", "--secret", "token=hunter2"})
      .expect_exit(2)
      .expect_stderr(
          "corun: --secret token: a value on the command line is seen by everybody on this machine; write token (from the "
          "environment), token=@FILE or token=-\n")
      .run();
}

TEST_CASE("check warns of secrets among arguments, which are seen by all") {
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: [curl, \"-Htoken: ${{ .secrets.token }}\"]}\n"))
      .args({"check", "jobs.yaml"})
      .expect_stderr(
          "warning[W003]: a secret in the arguments of a program: everybody on the machine can see it\n"
          " --> jobs.yaml:4:29\n"
          "  |\n"
          "4 |   a: {run: [curl, \"-Htoken: ${{ .secrets.token }}\"]}\n"
          "  |                             ^^^^^^^^^^^^^^^^^^^^^\n"
          "  = help: pass it by `env:` or `stdin:`\n"
          "\nfor more about this, try `corun explain W003`\n")
      .run();
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: 'echo ${{ 1 }}; curl -H \"A: ${{ .secrets.token }}\" x'}\n"))
      .args({"check", "jobs.yaml"})
      .expect_stderr_parts({"warning[W003]: a secret in the arguments of a program", " --> jobs.yaml:4:40\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", in_file("  a: {run: 'test -n \"$T\"', env: {T: \"${{ .secrets.token }}\"}}\n"))
      .args({"check", "jobs.yaml"})
      .run();
}

TEST_CASE("dotenv files are environment below env") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
dotenv: [a.env]
env: {B: file}
jobs:
  a: {run: 'echo "$A $B $C $D"', dotenv: job.env, env: {D: job}}
  b: {needs: a, run: 'echo "$A $B ${C-none} ${D-none}"'}
)")
      .file("a.env", "A=dotenv\nB=dotenv\n")
      .file("job.env", "C='${{ .vars.no }}'\nD=dotenv\n")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("dotenv file ${{ .vars.no }} job\ndotenv file none none\n")
      .expect_stderr("[1/2] ok <time> a\n[2/2] ok <time> b\n2 jobs: 2 ok in <time>\n")
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\ndotenv: no.env\njobs: {a: {run: \"true\"}}\n")
      .args({"run", "jobs.yaml"})
      .expect_exit(66)
      .expect_stderr("corun: can't read `no.env`: No such file or directory\n")
      .run();
}

TEST_CASE("the file of a graph has secrets and dotenv files of its own") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  g: {graph: {file: inner.yaml}}
  after: {needs: g, run: "echo ${{ .jobs.g.outputs.n }}"}
)")
      .file("inner.yaml", R"(version: 1
secrets: {inner: {env: INNER}}
dotenv: inner.env
vars: {upper: "key ${{ .secrets.inner | ascii_upcase }}"}
jobs:
  s: {run: 'echo "$S $U $FROM"', env: {S: "${{ .secrets.inner }}", U: "${{ .vars.upper }}"}, outputs: {n: "7"}}
outputs: {n: .jobs.s.outputs.n}
)")
      .file("inner.env", "FROM=dotenv\n")
      .env("INNER", "inner-secret-1")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("*** *** dotenv\n7\n")
      .expect_stderr("[0/2] ok <time> g/s\n[1/2] ok <time> g\n[2/2] ok <time> after\n2 jobs: 2 ok in <time>\n")
      .run();
}

TEST_CASE("what is made of a secret is hidden wherever it has been") {
  // Each value is made of the one that came along the way that the job's name says, so its own text isn't known yet.
  const std::string file = R"(version: 1
secrets: {token: {env: API_TOKEN}}
vars: {set: ""}
jobs:
  a: {run: 'echo "$T"', env: {T: "${{ .secrets.token }}"}, outputs: {made: ".secrets.token | ascii_upcase"}}
  written: {run: 'echo "t=$T" >>"$CORUN_OUTPUT"', env: {T: "${{ .secrets.token }}"}}
  fallback: {run: "false", fallback: {output: {made: "${{ .secrets.token | .[0:12] }}"}}}
  gather: {gather: {jobs: {x: {sleep: 1ms, outputs: {made: ".secrets.token | .[1:13]"}}}}}
  graph: {graph: {file: inner.yaml, vars: {t: "${{ .secrets.token | .[2:14] }}"}}}
  foreach: {foreach: {items: "${{ [.secrets.token[3:15]] }}", as: it, key: '.it | explode | reverse | implode'}, run: 'printf "%s\n" "$T"', env: {T: "${{ .it | explode | reverse | implode }}"}, outputs: {made: .it}}
  inside: {run: 'echo "$T"', env: {T: "${{ .secrets.token }}"}, outputs: {made: '.stdout[0:14] | explode | reverse | implode'}}
  z1: {needs: [a, foreach], run: 'echo "$T"', env: {T: "${{ .jobs.a.stdout | .[0:15] }}"}}
  z2: {needs: [z1, written], run: 'echo "$T"', env: {T: "${{ .jobs.written.outputs.t | .[1:14] | ascii_upcase }}"}}
  z3: {needs: [z2, fallback], run: 'echo "$T"', env: {T: "${{ .jobs.fallback.outputs.made | ascii_upcase }}"}}
  z4: {needs: [z3, gather], run: 'echo "$T"', env: {T: "${{ .jobs.gather.outputs.x.made | ascii_upcase }}"}}
  z5: {needs: [z4, graph], run: 'echo "$T"', env: {T: "${{ .jobs.graph.outputs.out | ascii_upcase }}"}}
  z6: {needs: [z5, foreach], run: 'echo "$T"', env: {T: "${{ .jobs.foreach.outputs[0].made | ascii_upcase }}"}}
  z7: {needs: [z6, inside], run: 'echo "$T"', env: {T: "${{ .jobs.inside.outputs.made | ascii_upcase }}"}}
  z8: {needs: z7, run: 'echo "$T"', env: {T: "${{ .env.API_TOKEN | .[4:] }}"}}
  z9: {needs: z8, run: 'echo "$T"', env: {T: "${{ .vars.set | .[0:11] | ascii_upcase }}"}}
outputs: {made: '.jobs.a.outputs.made | .[0:10]'}
finally:
  last: {run: 'echo "$T"', env: {T: "${{ .jobs.a.outputs.made | .[0:9] | explode | reverse | implode }}"}}
)";
  CorunTest()
      .file("jobs.yaml", file)
      .file("inner.yaml",
            "version: 1\nvars: {t: ''}\njobs:\n  x: {sleep: 1ms, outputs: {t: '.vars.t'}}\noutputs: {out: '.jobs.x.outputs.t | "
            ".[1:]'}\n")
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "--no-state", "-j1", "--set", std::string("set=x-") + kSecret})
      .expect_stdout("***\n***\n***\n***\n***\n***\n***\n***\n***\n***\n***\n***\n***\n")
      .expect_stderr_parts({"16 jobs: 15 ok, 1 degraded in"})
      .run();
  CorunTest()
      .file("jobs.yaml", file)
      .file("inner.yaml",
            "version: 1\nvars: {t: ''}\njobs:\n  x: {sleep: 1ms, outputs: {t: '.vars.t'}}\noutputs: {out: '.jobs.x.outputs.t | "
            ".[1:]'}\n")
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "a", "foreach", "-o", "json", "--no-state"})
      .expect_stdout_parts({"\"outputs\":{\"made\":\"***\"}"})
      .expect_stderr_parts({"ok <time> foreach[***]"})
      .run();
}

TEST_CASE("what a round hands on of a secret is hidden, too") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  a:
    run: 'echo "$T"'
    env: {T: '${{ .previous.made // "first" | ascii_upcase }}'}
    repeat: {until: .attempts >= 3, every: 0s}
    outputs: {made: '.previous.made // .secrets.token | .[0:14] | explode | reverse | implode'}
)")
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("FIRST\n***\n***\n")
      .expect_stderr_parts({"1 job: 1 ok in <time>"})
      .run();
}

TEST_CASE("more texts made of secrets than can be hidden are told of") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  a: {run: "true", outputs: {made: '[range(10001) as $i | "\(.secrets.token)\($i)"]'}}
  b: {needs: a, run: "true", outputs: {made: '[range(10001) as $i | "\(.secrets.token)-\($i)"]'}}
)yaml")
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "--no-state", "-q"})
      .expect_stderr(
          "corun: warning: expressions have made more of secrets than can be remembered (10000 texts, 256 KiB): what they make "
          "from now on isn't hidden, only the secrets themselves are\n")
      .run();
}

TEST_CASE("what stands beside a secret stays visible") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  a: {run: 'printf "{\"t\":\"%s\",\"id\":\"order-7\",\"n\":123456}" "$T"', env: {T: "${{ .secrets.token }}"}, outputs: {made: ".secrets.token | ascii_upcase", id: .json.id, n: .json.n}}
  b: {needs: a, run: "echo ${{ .jobs.a.outputs.id }} ${{ .jobs.a.outputs.n }} ${{ .jobs.a.json.id }}; echo ${{ .jobs.a.outputs.made }}"}
)")
      .env("API_TOKEN", kSecret)
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("{\"t\":\"***\",\"id\":\"order-7\",\"n\":123456}\norder-7 123456 order-7\n***\n")
      .expect_stderr_parts({"2 jobs: 2 ok in"})
      .run();
}

TEST_CASE("a message quotes no beginning of a secret") {
  std::string secret;
  while (secret.size() < 200) secret += "part" + std::to_string(secret.size());
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  a: {run: 'echo "$T"', env: {T: "${{ .secrets.token.x }}"}}
  b: {needs: {a: done}, run: 'echo "$T"', env: {T: "${{ .secrets.token | ascii_upcase | .[0:30] | error }}"}}
  c: {needs: {b: done}, run: 'echo "$T"', env: {T: "${{ .secrets.token }}"}, expect: {body: {equals: "x"}}}
  d: {needs: {c: done}, run: 'echo "$T"; exit 1', env: {T: "${{ .secrets.token }}"}}
  e: {needs: {d: done}, run: 'echo "$T"', env: {T: "${{ .jobs.d.stdout | tonumber }}"}}
  g: {needs: {e: done}, sleep: 1ms, outputs: {o: ".secrets.token | implode"}}
  f: {needs: {g: done}, run: 'echo "{\"t\":\"$T\"}"', env: {T: "${{ .secrets.token }}"}, outputs: {o: ".json.t.x"}}
)")
      .env("API_TOKEN", secret)
      .args({"run", "jobs.yaml", "-qq", "--no-state", "-j1"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL a: `env.T`, line 4: `.secrets.token` is \"***…: can't index string with \"x\"\n",
                            "FAIL b: `env.T`, line 5: `.secrets.token | ascii_upcase | .[0:30] | error`: jq failed; what it says "
                            "isn't shown, as it may "
                            "quote a secret\n",
                            "FAIL c: expected the body to be `x`, found `***…`\n",
                            "FAIL e: `env.T`, line 8: `.jobs.d.stdout | tonumber`: jq failed; what it says isn't shown",
                            "FAIL g: output `o`: line 9: `.secrets.token | implode`: implode input must be an array\n",
                            "FAIL f: output `o`: line 10: `.json.t` is \"***…: can't index string with \"x\"\n"})
      .run();
}

TEST_CASE("the environment that a secret comes from is shown by no plan and no error") {
  const std::string file =
      in_file("  a: {run: 'echo \"$T\"', env: {T: \"${{ .env.API_TOKEN }}\"}}\n  b: {run: [echo, \"x${{ .env.API_TOKEN }}\"]}\n");
  CorunTest()
      .file("jobs.yaml", file)
      .env("API_TOKEN", kSecret)
      .args({"plan", "jobs.yaml"})
      .expect_stdout_parts({"run T='***' sh", "run echo 'x***'\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", file)
      .env("API_TOKEN", kSecret)
      .args({"check", "jobs.yaml"})
      .expect_stderr_parts({"warning[W003]: a secret in the arguments of a program", " --> jobs.yaml:5:21\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {token: {env: API_TOKEN}}
vars: {auth: "Bearer ${{ .secrets.token }}"}
jobs:
  a: {run: 'echo "$T"', env: {T: "${{ .env.API_TOKEN.x }}${{ .vars.auth.x }}"}}
  b: {run: [echo, "${{ .vars.auth | ascii_upcase }}"]}
)")
      .env("API_TOKEN", kSecret)
      .args({"check", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts(
          {"error[E113]: `.env.API_TOKEN` is \"***\": can't index", "error[E113]: `.vars.auth` is \"Bearer ***\": can't"})
      .run();
}

TEST_CASE("outputs stay JSON, whatever is hidden in them") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {number: {env: NUMBER}, boolean: {env: BOOLEAN}, odd: {env: ODD}}
jobs: {a: {sleep: 1ms}}
outputs: {all: '[(.secrets.number | tonumber), 1987654, true, false, null, 5, {a: "b"}, {(.secrets.odd): .secrets.odd}]', plain: '[2987654, true]'}
)")
      .env("NUMBER", "987654")
      .env("BOOLEAN", "true")
      .env("ODD", "\":\"b\"")
      .args({"run", "jobs.yaml", "-qq", "-o", "json", "--no-state"})
      .expect_stdout_parts(
          {R"("outputs":{"all":["***","***","***",false,null,5,{"a":"b"},{"***":"***"}],"plain":["2***","***"]}})"})
      .run();
}
