// The explanations of codes about what jobs refer to, and of warnings. Knows nothing of where they are found.
#include <array>

#include "graph/error_codes.h"
#include "graph/explanations.h"

namespace corun {
namespace {

constexpr std::array kGraph{
    Explanation{code::kUnknownNeed,
                R"(`needs` names a job that isn't in the same map of jobs. The message names the most
similar one, and where it is.

Jobs inside of a `gather` only need each other; a job outside needs the whole group, and
sees its results by `.jobs.GROUP`.
)",
                R"(version: 1
jobs:
  build: {run: make}
  test: {needs: biuld, run: make test}
)",
                R"(version: 1
jobs:
  build: {run: make}
  test: {needs: build, run: make test}
)"},
    Explanation{code::kSelfNeed,
                R"(A job that waits for itself would wait for ever. To run it again until something holds,
there is `repeat`; until it succeeds, `retry`.
)",
                R"(version: 1
jobs:
  poll: {needs: poll, run: ./poll}
)",
                R"(version: 1
jobs:
  poll: {run: ./poll, retry: 3}
)"},
    Explanation{code::kListedTwice,
                R"(A list names the same job or limit twice. Once is enough; often another one was meant.
)",
                R"(version: 1
jobs:
  build: {run: make}
  test: {run: make test}
  deploy: {needs: [build, build], run: ./deploy}
)",
                R"(version: 1
jobs:
  build: {run: make}
  test: {run: make test}
  deploy: {needs: [build, test], run: ./deploy}
)"},
    Explanation{code::kCycle,
                R"(These jobs need each other in a circle, so none of them could ever start. The message
shows each need and where it is written: one of them is wrong, or one of the jobs does
two things and should be two.
)",
                R"(version: 1
jobs:
  build: {needs: deploy, run: make}
  test: {needs: build, run: make test}
  deploy: {needs: test, run: ./deploy}
)",
                R"(version: 1
jobs:
  build: {run: make}
  test: {needs: build, run: make test}
  deploy: {needs: test, run: ./deploy}
)"},
    Explanation{code::kUnknownBreaker,
                R"(`breaker` names one that isn't under `breakers` at the top of the file. A job may also
have one of its own: `breaker: {open_for: 1m}`.
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", breaker: api}
)",
                R"(version: 1
breakers: {api: {open_for: 1m}}
jobs:
  fetch: {http: "https://example.com/", breaker: api}
)"},
    Explanation{code::kUnknownLimit,
                R"(`limit` names one that isn't under `limits` at the top of the file.
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", limit: api}
)",
                R"(version: 1
limits: {api: {concurrency: 8}}
jobs:
  fetch: {http: "https://example.com/", limit: api}
)"},
    Explanation{code::kQuorum,
                R"(A quorum says how many must succeed: that number is missing, or there are fewer members
than it asks for, so that it could never be met.
)",
                R"(version: 1
jobs:
  replicas:
    gather:
      policy: quorum
      n: 3
      jobs: {a: {run: ./ask a}, b: {run: ./ask b}}
)",
                R"(version: 1
jobs:
  replicas:
    gather:
      policy: quorum
      n: 2
      jobs: {a: {run: ./ask a}, b: {run: ./ask b}}
)"},
    Explanation{code::kEmptyGather,
                R"(A group whose policy wants somebody to succeed (`any`, `race`, `quorum`) has no members.
Of nobody, `all` and `settled` are met.
)",
                R"(version: 1
jobs:
  mirrors:
    gather: {policy: any, jobs: {}}
)",
                R"(version: 1
jobs:
  mirrors:
    gather:
      policy: any
      jobs: {near: {http: "https://near.example.com/"}, far: {http: "https://far.example.com/"}}
)"},
    Explanation{code::kUndefined,
                R"(An expression or `graph` names a variable that nothing defines. Variables of the file
stand under `vars`; `--set K=V` changes them, but doesn't add any.

What may be missing is asked for as `.env.NAME // "other"`.
)",
                R"(version: 1
vars: {region: eu}
jobs:
  deploy: {run: "./deploy ${{ .vars.regoin }}"}
)",
                R"(version: 1
vars: {region: eu}
jobs:
  deploy: {run: "./deploy ${{ .vars.region }}"}
)"},
    Explanation{code::kInclude,
                R"(The file of a `graph` can't be used: it isn't there, it can't be read, or it includes
itself over some steps. A relative path starts where the file is that names it.
)",
                R"(version: 1
jobs:
  deploy: {graph: {file: no-such-file.yaml}}
)",
                R"(version: 1
jobs:
  deploy: {run: ./deploy}
)"},
};

constexpr std::array kWarnings{
    Explanation{code::kBodyWithGet,
                R"(A GET request asks for something; most servers ignore a body with it, and some refuse
it. With a body, POST, PUT or PATCH is meant most of the time.

If the server does want it, say so: `method: GET`.
)",
                R"(version: 1
jobs:
  add: {http: {url: "https://example.com/items", json: {name: x}}}
)",
                R"(version: 1
jobs:
  add: {http: {method: POST, url: "https://example.com/items", json: {name: x}}}
)"},
    Explanation{code::kNoVerification,
                R"(With `verify: false` anybody on the way can read the request and answer it: TLS then
hides nothing from them.

To trust a certificate of your own, name the file of the authority that has signed it, or
pin the server's key by `tls: {pin: sha256//…}`.
)",
                R"(version: 1
jobs:
  fetch: {http: {url: "https://intranet/", tls: {verify: false}}}
)",
                R"(version: 1
jobs:
  fetch: {http: {url: "https://intranet/", tls: {ca: ca.pem}}}
)"},
    Explanation{code::kExposedSecret,
                R"(The arguments of a program can be read by everybody on the machine while it runs, by
`ps` for one. A secret is passed in the environment, by standard input, or in a file.
)",
                R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  push: {run: [./push, --token, "${{ .secrets.token }}"]}
)",
                R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  push: {run: [./push], env: {TOKEN: "${{ .secrets.token }}"}}
)"},
    Explanation{code::kPlainBraces,
                R"(`{{ … }}` is how other programs write expressions. corun's have a dollar sign; without
it the text stays as it is, braces and all.
)",
                R"(version: 1
vars: {name: world}
jobs:
  greet: {run: "echo hello {{ vars.name }}"}
)",
                R"(version: 1
vars: {name: world}
jobs:
  greet: {run: "echo hello ${{ .vars.name }}"}
)"},
    Explanation{code::kOfRunsAlone,
                R"(A file that another one runs as a job (`graph`) is a part of that run. What says how
whole runs of it behave, such as `concurrency` and `ping`, counts only when the file is
run by itself. Here nightly.yaml has `concurrency`.

If the whole run is to heed it, move the key to the outer file.
)",
                R"(version: 1
jobs:
  nightly: {graph: {file: nightly.yaml}}
)",
                R"(version: 1
concurrency: {group: nightly, on_conflict: skip}
jobs:
  nightly: {graph: {file: plain.yaml}}
)"},
    Explanation{code::kListOfCommands,
                R"(`run` with a list is one program and its arguments, each an item, executed without a
shell. Here the program's name would hold a space, as if the items were commands.

Several commands are the lines of one script.
)",
                R"(version: 1
jobs:
  build:
    run:
      - make all
      - make test
)",
                R"(version: 1
jobs:
  build:
    run: |
      make all
      make test
)"},
    Explanation{code::kCronRelativePath,
                R"(`corun check --cron` only. cron starts programs in the home directory, so a relative
path means another file there than where it was tried.

Write the whole path, or start corun with `-C DIRECTORY`, as `corun cron print` does.
)",
                R"(version: 1
jobs:
  dump: {run: /bin/sh dump.sh, working_dir: scripts}
)",
                R"(version: 1
jobs:
  dump: {run: /bin/sh dump.sh, working_dir: /srv/scripts}
)"},
    Explanation{code::kCronPath,
                R"(`corun check --cron` only. cron's PATH is /usr/bin:/bin: programs in /usr/local/bin or
below the home directory aren't found, though they are when you try.

Write the program's whole path, or set PATH in `env`.
)",
                R"(version: 1
jobs:
  dump: {run: [deploy-tool, --all]}
)",
                R"(version: 1
jobs:
  dump: {run: [/usr/local/bin/deploy-tool, --all]}
)"},
    Explanation{code::kCronPercent,
                R"(`corun check --cron` only. In a crontab a `%` ends the command, so people write `\%`
there. In a job file it needs no backslash, and `date` would print one.
)",
                R"(version: 1
jobs:
  stamp: {run: 'date +\%F'}
)",
                R"(version: 1
jobs:
  stamp: {run: 'date +%F'}
)"},
    Explanation{code::kCronVariable,
                R"(`corun check --cron` only. cron sets hardly any variables (HOME, LOGNAME, PATH, SHELL,
USER), so a secret that is taken from another one is there when you try, and missing at
night.

Keep it in a file that only the user can read, or set the variable in the crontab.
)",
                R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  report: {http: {url: "https://api.example.com/report", auth: {bearer: "${{ .secrets.token }}"}}}
)",
                R"(version: 1
secrets: {token: {file: /etc/report/token}}
jobs:
  report: {http: {url: "https://api.example.com/report", auth: {bearer: "${{ .secrets.token }}"}}}
)"},
};

}  // namespace

std::span<const Explanation> graph_explanations() { return kGraph; }
std::span<const Explanation> warning_explanations() { return kWarnings; }

}  // namespace corun
