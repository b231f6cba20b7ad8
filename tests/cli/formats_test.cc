// What programs read: JSON, the event stream, log lines, plans, findings.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kOne = "version: 1\nname: one\njobs: {a: {run: [echo, hi]}}\n";

}  // namespace

TEST_CASE("One JSON document") {
  CorunTest()
      .file("jobs.yaml", kOne)
      .args({"run", "jobs.yaml", "-q", "-o", "json"})
      .expect_stdout(
          R"({"v":1,"run":"<run>","file":"jobs.yaml","name":"one","started":"<ts>","elapsed":<n>,"exit_code":0,"stopped":null,)"
          R"("counts":{"total":1,"succeeded":1,"degraded":0,"failed":0,"timed_out":0,"rejected":0,"cancelled":0,"skipped":0,"allowed":0},)"
          R"("jobs":{"a":{"state":"succeeded","attempts":1,"exit_code":0,"started":"<ts>","wait":<n>,"elapsed":<n>,)"
          R"("user":<n>,"system":<n>,"max_rss_kib":<n>,"log":"<state>/runs/<run>/a.log"}}})"
          "\n")
      .run();
}

TEST_CASE("The event stream") {
  CorunTest()
      .file("jobs.yaml", kOne)
      .args({"run", "jobs.yaml", "-o", "ndjson"})
      .expect_stdout(R"({"v":1,"seq":1,"ts":"<ts>","run":"<run>","type":"run.start","file":"jobs.yaml","name":"one","jobs":1}
{"v":1,"seq":2,"ts":"<ts>","run":"<run>","type":"job.state","job":"a","state":"ready"}
{"v":1,"seq":3,"ts":"<ts>","run":"<run>","type":"job.state","job":"a","state":"running"}
{"v":1,"seq":4,"ts":"<ts>","run":"<run>","type":"attempt.start","job":"a","attempt":1,"attempts":1}
{"v":1,"seq":5,"ts":"<ts>","run":"<run>","type":"output","job":"a","stream":"stdout","text":"hi\n"}
{"v":1,"seq":6,"ts":"<ts>","run":"<run>","type":"attempt.end","job":"a","attempt":1,"attempts":1,"ok":true,"exit_code":0,"elapsed":<n>,"user":<n>,"system":<n>,"max_rss_kib":<n>}
{"v":1,"seq":7,"ts":"<ts>","run":"<run>","type":"job.state","job":"a","state":"succeeded","attempts":1,"elapsed":<n>,"exit_code":0}
{"v":1,"seq":8,"ts":"<ts>","run":"<run>","type":"run.end","exit_code":0,"elapsed":<n>,"counts":{"total":1,"succeeded":1,"degraded":0,"failed":0,"timed_out":0,"rejected":0,"cancelled":0,"skipped":0,"allowed":0}}
)")
      .expect_stderr("[1/1] ok <time> a\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("Log lines") {
  CorunTest()
      .file("jobs.yaml",
            "version: 1\njobs: {a: {run: 'test $CORUN_ATTEMPT = 2', retry: {attempts: 2, delay: 1ms, jitter: none}}}\n")
      .args({"run", "jobs.yaml", "-v"})
      .expect_stderr(R"(<ts> INFO run=<run> event=run_start file=jobs.yaml jobs=1
<ts> WARN run=<run> job=a attempt=1/2 event=retry delay=<time> reason="exit code 1"
<ts> INFO run=<run> job=a attempt=2/2 event=job_end state=succeeded elapsed=<time>
[1/1] ok <time> a (attempt 2 of 2)
<ts> INFO run=<run> event=run_end exit_code=0 elapsed=<time>
1 job: 1 ok in <time>
)")
      .run();
}

TEST_CASE("Colour when asked for") {
  CorunTest()
      .file("jobs.yaml", kOne)
      .args({"run", "jobs.yaml", "--color", "always"})
      .expect_stdout("hi\n")
      .expect_stderr_parts({"[1/1] \x1b[32mok\x1b[0m ", "1 job: 1 ok in <time>\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", kOne)
      .args({"run", "jobs.yaml"})
      .env("CORUN_COLOR", "always")
      .env("NO_COLOR", "1")
      .expect_stdout("hi\n")
      .expect_stderr_parts({"\x1b[32mok"})
      .run();
}

TEST_CASE("A plan for people") {
  const char* jobs = R"(version: 1
name: site
vars: {api: "https://api.example.com"}
limits: {api: {concurrency: 2}}
jobs:
  load: {run: ./load.sh --all, needs: pages, timeout: 5m, stop: {signal: INT, grace: 1s}}
  pages:
    http: {url: "${{ .vars.api }}/items", query: {page: 2}, follow_redirects: {max: 3}, http_version: 2}
    limit: api
    idempotent: false
    retry: {attempts: 5, delay: 200ms, max_delay: 5s, on: {status: [409, 5xx], timeout: false}}
    fallback: {output: {items: []}}
  mirror:
    needs: {pages: done}
    gather: {policy: quorum, n: 1, jobs: {eu: {http: "https://eu.example.com/"}, us: {sleep: 1s}}}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-j2"})
      .expect_stdout(R"(site: 3 jobs in 2 waves, at most 2 processes and 256 requests at once
limit `api`: 2 at once; for pages
each job starts as soon as what it needs has ended; those of a wave, 1 to 2, may run at once

1  pages
     http GET https://api.example.com/items?page=2  (follows up to 3 redirects; HTTP/2)
     5 attempts, exponential backoff 200ms to 5s, full jitter, on status 409, 500-599, not on timeouts, not idempotent; limit `api`
     fallback: output {"items":[]}
2  load
     needs pages
     run ./load.sh --all
     timeout 5m; stopped by INT with grace 1s
   mirror
     needs pages done
     gather quorum of 1
    1  mirror/eu
         http GET https://eu.example.com/
       mirror/us
         sleep 1s
)")
      .run();
}

TEST_CASE("A plan tells whether and how often jobs run, and what follows them") {
  const char* jobs = R"yaml(version: 1
name: flow
vars: {deploy: true}
jobs:
  list: {run: ./list, if: .vars.deploy}
  pages:
    needs: list
    foreach:
      items: |
        .jobs.list.outputs
          | keys
      as: page
      max_concurrent: 8
      gather: {policy: quorum, n: 2}
    run: [./get, "${{ .page }}"]
    expect: {json: .json.size > 0, body: {regex: "^ok"}}
    finally: {run: ./tidy}
  both: {foreach: [1, 2], run: ./both, repeat: {until: .json.done, every: 5s, attempts: 3}}
finally:
  bye: {run: ./bye}
)yaml";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-j2"})
      .expect_stdout(R"(flow: 3 jobs in 2 waves, at most 2 processes and 256 requests at once
each job starts as soon as what it needs has ended; those of a wave, 1 to 2, may run at once

1  list  (wave of 3 processes, 2 at a time)
     if .vars.deploy
     run ./list
   both
     for each item of [1,2]
     again every 5s until .json.done, at most 3 times
     run ./both
2  pages
     needs list
     for each page of .jobs.list.outputs | keys, 8 at once, quorum of 2
     run ./get '${{ .page }}'
     expects .json.size > 0; expects body regex `^ok`
     finally: run ./tidy

finally:
1  finally/bye
     run ./bye
     timeout 5m
)")
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-j2", "-o", "json"})
      .expect_stdout_parts({R"("if":".vars.deploy","run":)",
                            R"("foreach":{"items":[1,2],"as":"item","gather":"all","on_failure":"cancel"},)",
                            R"("repeat":{"until":".json.done","every":5,"attempts":3},"run":)",
                            R"("items":".jobs.list.outputs | keys","as":"page","max_concurrent":8,"gather":"quorum","n":2)",
                            R"("expect":{"json":".json.size > 0","body":[{"regex":"^ok"}]})",
                            R"("finally":{"run":{"argv":["./tidy"],"env":[]},"timeout":300}}],"finally":[{"name":"finally/bye")"})
      .run();
}

TEST_CASE("A plan as JSON, also by --dry-run") {
  const std::string expected =
      R"({"v":1,"file":"jobs.yaml","name":"one","waves":1,"process_slots":3,"http_slots":256,"fail_fast":false,"jobs":[)"
      R"({"name":"a","line":3,"wave":1,"needs":[],"run":{"argv":["echo","hi"],"env":[]},"policies":{"retry":{"attempts":1},)"
      R"("limits":[],"expect":{},"stop":{"signal":"TERM","grace":5}}}]})"
      "\n";
  CorunTest().file("jobs.yaml", kOne).args({"plan", "jobs.yaml", "-o", "json", "-j3"}).expect_stdout(expected).run();
  CorunTest().file("jobs.yaml", kOne).args({"run", "-n", "jobs.yaml", "-o", "json", "-j3"}).expect_stdout(expected).run();
}

TEST_CASE("A plan as JSON: a request and its policies") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  a:
    http: {url: "http://x/", method: POST, body: b, follow_redirects: true, http_version: 1.1, tls: {ca: ca.pem}}
    idempotent: true
    retry: {attempts: 2, delay: 1s, jitter: none, on: {status: 500, expect: true}}
)")
      .args({"plan", "jobs.yaml", "-o", "json", "-j3"})
      .expect_stdout(
          R"({"v":1,"file":"jobs.yaml","name":"jobs","waves":1,"process_slots":3,"http_slots":256,"fail_fast":false,"jobs":[)"
          R"({"name":"a","line":3,"wave":1,"needs":[],"http":{"method":"POST","url":"http://x/","query":[],"headers":[],)"
          R"("body":"b","follow_redirects":{"max":10,"same_origin":false},"http_version":"1.1",)"
          R"("tls":{"verify":true,"ca":"ca.pem"}},"policies":{"retry":{"attempts":2,"backoff":"exponential","delay":<n>,)"
          R"("max_delay":30,"jitter":"none","on":{"status":[[500,500]],"expect":true}},"idempotent":true,)"
          R"("limits":[],"expect":{},"stop":{"signal":"TERM","grace":5}}}]})"
          "\n")
      .run();
}

TEST_CASE("A plan tells what jobs share, what they read, and what isn't known yet") {
  const char* jobs = R"yaml(version: 1
vars: {size: 3}
secrets: {pin: {env: PIN}}
limits: {api: {concurrency: 2, rate: 100/m, burst: 10, max_queue: 50}, unused: {concurrency: 1}}
breakers: {api: {failure_ratio: 0.25, slow_ratio: 0.5, slow_after: 2s, consecutive: 0, open_for: 10s}}
jobs:
  list: {run: ./list, stdin: "a\nb\n", limit: api, outputs: {next: ".lines[0]"}, description: All of them, tags: [x]}
  send:
    needs: list
    http: {method: POST, url: "http://x/", query: {page: "${{ .jobs.list.outputs.next }}", t: a b}, json: {pin: "${{ .secrets.pin }}"}}
    breaker: api
  script:
    needs: list
    run: |
      one "${{ .vars.size }}"
        two
    on_failure: {run: ./tell, timeout: 10s}
  group: {needs: script, gather: {jobs: {a: {run: ./a, limit: api}, b: {run: ./b, limit: api}}}}
)yaml";
  CorunTest test;
  test.file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-j1"})
      .expect_stdout(R"(jobs: 4 jobs in 3 waves, at most 1 process and 256 requests at once
limit `api`: 2 at once, 100 a minute, burst 10, queue of 50; for list, group/a, group/b
breaker `api`: opens when 25 % of the last 20 calls failed (of at least 5), or 50 % took more than 2s, for 10s up to 10m; for send
each job starts as soon as what it needs has ended; those of a wave, 1 to 3, may run at once

1  list
     run ./list
     stdin a b
     limit `api`
2  send
     needs list
     http POST http://x/?page=${{ .jobs.list.outputs.next }}&t=a%20b
     body {"pin":"***"}
     breaker `api`
   script
     needs list
     run CORUN_EXPR_1=3 sh -eu -c
       | one "${CORUN_EXPR_1}"
       |   two
     on_failure: run ./tell
         timeout 10s
3  group  (wave of 2 processes, 1 at a time)
     needs script
     gather all
    1  group/a
         run ./a
         limit `api`
       group/b
         run ./b
         limit `api`
)")
      .run();
  test.args({"plan", "jobs.yaml", "-o", "json", "list", "send"})
      .expect_stdout_parts(
          {R"("vars":{"size":3},"limits":[{"name":"api","concurrency":2,"rate":100,"rate_period":60,"burst":10,"max_queue":50,)"
           R"("jobs":["list"]},{"name":"unused","concurrency":1,"jobs":[]}],"breakers":[{"name":"api","mode":"auto",)"
           R"("failure_ratio":0.25,"min_calls":5,"window":20,"window_age":3600,"consecutive":0,"slow_ratio":0.5,"slow_after":2,)"
           R"("open_for":10,"max_open_for":600,"probes":1,"jobs":["send"]}],)",
           R"("wave":1,"description":"All of them","tags":["x"],"needs":[],"outputs":[{"name":"next","expression":".lines[0]"}],)"})
      .run();
}

TEST_CASE("A plan tells of the run's lock and ping, but no secrets") {
  const char* jobs = R"(version: 1
concurrency: {group: "nightly ${{ .vars.site }}", on_conflict: wait, max_age: 6h}
ping: {url: "https://hc/${{ .secrets.check }}", start: false}
vars: {site: berlin}
secrets: {check: {env: HC}}
jobs: {a: {run: ls}}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .env("HC", "hidden")
      .args({"plan", "jobs.yaml"})
      .expect_stdout_parts(
          {"beside another run of `nightly berlin`: wait, max_age 6h, grace 30s\nping https://hc/***, not at the "
           "start\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts({R"("concurrency":{"group":"nightly berlin","on_conflict":"wait","max_age":21600,"grace":30})",
                            R"("ping":{"url":"https://hc/***","start":false})"})
      .run();
}

TEST_CASE("A plan tells every setting that isn't the usual one") {
  const char* jobs = R"(version: 1
jobs:
  a: {run: ls, output: {max: 1KiB}}
  b:
    http: {url: "http://x/", max_body: 1KiB}
    retry: {attempts: 2, delay: 2s, factor: 1.5, max_delay: 8s, jitter: none, max_retry_after: 1m}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml"})
      .expect_stdout_parts({"2 attempts, exponential backoff 2s times 1.5 to 8s, no jitter, Retry-After up to 1m\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts({R"("output_max":1024)", R"("max_body":1024)", R"("factor":1.5)", R"("max_retry_after":60)"})
      .run();
}

TEST_CASE("A plan says what jobs have from the defaults") {
  const std::string jobs =
      "version: 1\ndefaults: {timeout: 30s, retry: {attempts: 3, jitter: none}}\n"
      "jobs: {a: {run: [x]}, b: {run: [x], timeout: 5s, retry: 1}}\n";
  const std::string pauses = " attempts, exponential backoff 500ms to 30s, no jitter\n";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-j3"})
      .expect_stdout(
          "jobs: 2 jobs in 1 wave, at most 3 processes and 256 requests at once\n"
          "defaults: timeout 30s; 3" +
          pauses + "\n1  a\n     run x\n     timeout 30s; 3" + pauses + "   b\n     run x\n     timeout 5s\n")
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "--retries", "4"})
      .expect_stdout_parts({"\ndefaults: timeout 30s; 5" + pauses})
      .run();
}

constexpr const char* kRareSettings = R"(version: 1
defaults:
  http: {base_url: "https://h/v1", proxy: "http://u:pw@p:1", network: {deny: private}, cookies: shop, tls: {pin: "sha256//x="}}
jobs:
  a: {http: {url: /x, method: POST, auth: {basic: "me:hidden"}, multipart: {t: x, f: {file: y}}, idempotency_key: auto}}
  b: {http: {url: "http://x/", proxy: none, network: {deny: none}, cookies: job, auth: {bearer: hidden}, tls: {cert: c, key: k}}}
  c: {http: {url: "http://x/", auth: {aws_sigv4: {region: r, service: s, access_key: hidden, secret_key: hidden}}}}
)";

TEST_CASE("A plan tells a request's rarer settings, but no credentials") {
  const std::string common = "cookies of session shop; through http://u:***@p:1; not to private addresses)\n";
  CorunTest()
      .file("jobs.yaml", kRareSettings)
      .args({"plan", "jobs.yaml", "-j3"})
      .expect_stdout(
          "jobs: 3 jobs in 1 wave, at most 3 processes and 256 requests at once\n\n"
          "1  a\n     http POST https://h/v1/x  (auth basic as me; multipart t, f from y; pinned to sha256//x=; "
          "idempotency key auto; " +
          common +
          "   b\n     http GET http://x/  (auth bearer; client certificate c; pinned to sha256//x=; keeps cookies)\n"
          "   c\n     http GET http://x/  (auth aws_sigv4 for s in r; pinned to sha256//x=; " +
          common)
      .run();
  CorunTest()
      .file("jobs.yaml", kRareSettings)
      .args({"plan", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts(
          {R"("tls":{"verify":true,"pin":"sha256//x="},"auth":{"basic":{"username":"me","password":"***"}},)"
           R"("multipart":[{"name":"t","value":"x"},{"name":"f","file":"y"}],"idempotency_key":"auto","cookies":"shop",)"
           R"("proxy":"http://u:***@p:1","network":{"deny":"private"}})",
           R"("tls":{"verify":true,"cert":"c","key":"k","pin":"sha256//x="},"auth":{"bearer":"***"},"cookies":"job"})",
           R"("auth":{"aws_sigv4":{"region":"r","service":"s","access_key":"***","secret_key":"***"}})"})
      .run();
}

TEST_CASE("A plan says where bodies are saved") {
  const char* jobs = R"(version: 1
vars: {name: out}
jobs:
  a:
    http:
      url: https://h/x
      save: {file: "${{ .vars.name }}.bin", resume: true, checksum: md5:00112233445566778899aabbccddeeff, if_exists: skip}
  b: {http: {url: mqtt://h/t, protocols: mqtt, max_messages: 3}}
  c: {http: {url: sftp://h/t, protocols: sftp, ssh: {user: me, key: id, known_hosts: hosts}}}
  d: {http: {url: ftp://h/t, protocols: ftp, auth: {basic: "me:hidden"}}}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml"})
      .expect_stdout_parts(
          {"http GET https://h/x  (saved to out.bin, resumed, md5:00112233445566778899aabbccddeeff, if it exists skip)\n",
           "http GET mqtt://h/t  (3 messages)\n", "http GET sftp://h/t  (logs in as me; key id; hosts known by hosts)\n",
           "http GET ftp://h/t  (auth basic as me)\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"plan", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts(
          {R"("save":{"file":"out.bin","resume":true,"checksum":"md5:00112233445566778899aabbccddeeff","if_exists":"skip"})",
           R"("max_messages":3)", R"("ssh":{"user":"me","key":"id","known_hosts":"hosts"})",
           R"("auth":{"basic":{"username":"me","password":"***"}})"})
      .run();
}

TEST_CASE("A plan has no event stream") {
  CorunTest()
      .file("jobs.yaml", kOne)
      .args({"plan", "jobs.yaml", "-o", "ndjson"})
      .expect_exit(2)
      .expect_stderr("corun: --output-format: expected text or json, not `ndjson`\ntry `corun plan --help`\n")
      .run();
}

TEST_CASE("Check says nothing of a good file") { CorunTest().file("jobs.yaml", kOne).args({"check", "jobs.yaml"}).run(); }

TEST_CASE("Check: findings for people on standard error, for programs on standard output") {
  const char* jobs = "version: 1\njobs:\n  fetch:\n    run: ls\n    retires: 3\n";
  CorunTest().file("jobs.yaml", jobs).args({"check", "jobs.yaml"}).expect_exit(65).expect_stderr_parts({"error[E101]"}).run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout_parts({"jobs.yaml:5:5: error[E101]: unknown key `retires` in job `fetch`"})
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"check", "jobs.yaml", "--format", "json"})
      .expect_exit(65)
      .expect_stdout_parts({"{", "E101", "}\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"check", "jobs.yaml", "--format", "github"})
      .expect_exit(65)
      .expect_stdout_parts({"::error file=jobs.yaml,line=5"})
      .run();
}

TEST_CASE("Check finds undefined variables; one of the environment is only a warning") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [echo, '${{ .vars.no }}']}}\n")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(78)
      .expect_stdout_parts({"jobs.yaml:2:", "error[E209]: undefined variable `no`"})
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [echo, '${{ .env.NOT_HERE }}']}}\n")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_stdout_parts({"warning[E209]: undefined environment variable `NOT_HERE`"})
      .run();
}
