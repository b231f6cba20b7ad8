// The explanations of codes about keys and their values. Knows nothing of where they are found.
#include <array>

#include "graph/error_codes.h"
#include "graph/explanations.h"

namespace corun {
namespace {

constexpr std::array kExplanations{
    Explanation{code::kUnknownKey,
                R"(No key of this name is valid here: it is misspelt, or it belongs one level further out
or in. Nothing is ignored silently, for a `timeuot` that does nothing would only be
noticed when it is needed.

The message names the most similar key and lists those that are valid here. All keys
are in corun(5).
)",
                R"(version: 1
jobs:
  fetch:
    run: ./fetch
    retires: 3
)",
                R"(version: 1
jobs:
  fetch:
    run: ./fetch
    retry: 3
)"},
    Explanation{code::kDuplicateKey,
                R"(The same key is written twice in one map. Most YAML parsers quietly take the last one;
here it is an error, since the other one was meant as well.

Two jobs need two names; two needs, headers or variables go into one list or map.
)",
                R"(version: 1
jobs:
  test: {run: make test}
  test: {run: make lint}
)",
                R"(version: 1
jobs:
  test: {run: make test}
  lint: {run: make lint}
)"},
    Explanation{code::kMissingKey,
                R"(Something that has no default isn't there: every file needs `version: 1` and `jobs`, a
request its `url`, a `foreach` its `items`, a limit `concurrency` or `rate`.
)",
                R"(version: 1
jobs:
  ping: {http: {method: POST}}
)",
                R"(version: 1
jobs:
  ping: {http: {method: POST, url: "https://example.com/ping"}}
)"},
    Explanation{code::kWrongType,
                R"(The value is of another kind than the key takes, such as a list where one text belongs,
or a number where a text does.

What a value is follows from how it is written: `80` and `1.5` are numbers, `true` is a
boolean, `"80"` is a text, and so is everything that looks like none of them. Nothing
behind the colon is null.
)",
                R"(version: 1
jobs:
  hello: {run: echo hello, stdin: 42}
)",
                R"(version: 1
jobs:
  hello: {run: echo hello, stdin: "42"}
)"},
    Explanation{code::kBareDuration,
                R"(A duration says its unit: ns, us, ms, s, m, h or d, several of them from the largest to
the smallest. A bare number could mean seconds or milliseconds, and half of its readers
would take it for the other.
)",
                R"(version: 1
jobs:
  hello: {run: echo hello, timeout: 90}
)",
                R"(version: 1
jobs:
  hello: {run: echo hello, timeout: 1m30s}
)"},
    Explanation{code::kBadFormat,
                R"(The value is of the right kind, but it isn't written as its key wants it: a duration is
`1h30m`, a size `16MiB`, a rate `50/s`, exit codes `[0, 1]` or `1-9`, status codes also
`5xx`, a checksum `sha256:…`.
)",
                R"(version: 1
limits: {api: {rate: 50 per second}}
jobs:
  fetch: {http: "https://example.com/", limit: api}
)",
                R"(version: 1
limits: {api: {rate: 50/s}}
jobs:
  fetch: {http: "https://example.com/", limit: api}
)"},
    Explanation{code::kOutOfRange,
                R"(The number or duration is smaller or larger than makes sense, by itself or beside
another key: a count starts from 1, a ratio is at most 1, the first `delay` isn't longer
than `max_delay`.
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", retry: {attempts: 0}}
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", retry: {attempts: 1}}
)"},
    Explanation{code::kNotAChoice,
                R"(The key takes one of a few words, and this is none of them. The message lists them and
names the most similar one.
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", retry: {attempts: 5, backoff: expontial}}
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", retry: {attempts: 5, backoff: exponential}}
)"},
    Explanation{code::kConflict,
                R"(Two things are said of which only one can hold: a job with two actions, a request with
two bodies, `foreach` beside `matrix`, a `hedge` of what may not be done twice.

Two actions are two jobs, which may need each other or be a `gather`. What does no harm if
it is done twice, even at the same time, says so: `idempotent: true`.
)",
                R"(version: 1
jobs:
  fetch:
    http: https://example.com/
    run: echo fetched
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/"}
  tell: {needs: fetch, run: echo fetched}
)"},
    Explanation{code::kNoAction,
                R"(A job does one thing, and says which: `run`, `http`, `sql`, `gather`, `graph` or
`sleep`. Often the action stands one level too far out, or too far in.
)",
                R"(version: 1
jobs:
  build: {timeout: 5m}
)",
                R"(version: 1
jobs:
  build: {run: make, timeout: 5m}
)"},
    Explanation{code::kWrongAction,
                R"(The key says something about another kind of action: `working_dir` of a process,
`connect_timeout` of a connection. It would do nothing here.

For a `gather`, set it on the members; what all jobs share goes into `defaults`, where it
only counts for those on which it works.
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", working_dir: build}
)",
                R"(version: 1
defaults: {working_dir: build}
jobs:
  fetch: {http: "https://example.com/"}
  build: {needs: fetch, run: make}
)"},
    Explanation{code::kBadName,
                R"(Names of jobs, limits, breakers and sessions consist of letters, digits, `_`, `.` and
`-`, begin with a letter or `_`, and have at most 200 characters: they appear in
expressions, file names and on command lines. Names of variables can't hold `=`.

What people should read goes into `description`.
)",
                R"(version: 1
jobs:
  build the site: {run: make}
)",
                R"(version: 1
jobs:
  build-site: {description: Build the site, run: make}
)"},
    Explanation{code::kExpression,
                R"(An expression `${{ … }}` isn't closed, isn't valid jq, names something that isn't there,
or stands where none is evaluated.

In a shell script an expression is passed as a variable, so it can't stand inside single
quotes: use double quotes. A value never becomes part of an SQL statement: use `params`.
)",
                R"(version: 1
vars: {name: world}
jobs:
  greet: {run: "echo hello ${{ .vars.name }"}
)",
                R"(version: 1
vars: {name: world}
jobs:
  greet: {run: "echo hello ${{ .vars.name }}"}
)"},
    Explanation{code::kEmptyValue,
                R"(There is a value, but nothing in it: an empty script, a list without items, a map
without jobs. Leave the key out, or say what it should be.
)",
                R"(version: 1
jobs:
  build: {run: ""}
)",
                R"(version: 1
jobs:
  build: {run: make}
)"},
    Explanation{code::kVersion,
                R"(`version` is that of the format of job files, not yours; this corun knows version 1. If
the file has a higher one, it was written for a newer corun.
)",
                R"(version: 2
jobs:
  hello: {run: echo hello}
)",
                R"(version: 1
jobs:
  hello: {run: echo hello}
)"},
    Explanation{code::kBadHeader,
                R"(A method or header that can't be sent: a method is a word in capitals, a header's name
has no spaces or colons, its value is one line, and what follows from the body
(`Content-Length`) isn't set by hand.
)",
                R"(version: 1
jobs:
  fetch:
    http: {url: "https://example.com/", headers: {"Accept:": application/json}}
)",
                R"(version: 1
jobs:
  fetch:
    http: {url: "https://example.com/", headers: {Accept: application/json}}
)"},
    Explanation{code::kBadUrl,
                R"(A URL begins with https:// or http://, has a host, and holds neither spaces nor a
password. Credentials go into `auth`; what varies goes into `query`, where it is encoded.
Other protocols must be allowed by `protocols`.
)",
                R"(version: 1
jobs:
  fetch: {http: example.com/items}
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/items"}
)"},
    Explanation{code::kIneffective,
                R"(The setting would do nothing as it stands, so something is missing beside it or it isn't
needed: a `burst` without `rate`, a `retry` without `attempts`, an `exclude` that matches
nothing.
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", retry: {delay: 1s}}
)",
                R"(version: 1
jobs:
  fetch: {http: "https://example.com/", retry: {attempts: 3, delay: 1s}}
)"},
};

}  // namespace

std::span<const Explanation> key_explanations() { return kExplanations; }

}  // namespace corun
